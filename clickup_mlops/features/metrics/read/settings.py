"""Settings that all sources share which read pages in the Prometheus text format."""

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field, HttpUrl, SecretStr, model_validator

from clickup_mlops.features.metrics.read.relabel import RelabelRule
from clickup_mlops.features.metrics.source import SourceTable


class PageTable(SourceTable):
    """A page in the Prometheus text format, or those of a fleet."""

    PLACE: ClassVar[str] = "host"
    """The label that says which target it is."""

    url: HttpUrl | None = None
    """Its address. For a fleet, name targets instead."""
    targets: tuple[str, ...] = ()
    """A fleet's addresses, such as `gpu-01:9400`. Each series gets the label `host`."""
    target_files: tuple[str, ...] = ()
    """Files of targets, or patterns such as `/etc/prometheus/targets/*.json`, as Prometheus reads
    them with `file_sd_configs`: JSON, or YAML with the extra `yaml`. Read again at each scrape."""
    target_names: tuple[str, ...] = ()
    """Names with a TCP port, such as `dcgm.monitoring.svc:9400`: each address that the name has is
    a target."""
    scheme: Literal["http", "https"] = "http"
    """Of targets."""
    path: str = Field("/metrics", pattern="^/")
    """Of targets."""
    labels: dict[str, str] = Field({})
    """Labels that each series gets, for example `{ cluster = "a" }`."""
    relabel: tuple[RelabelRule, ...] = ()
    """Rules for labels of targets, such as `relabel_configs` of Prometheus: `source_labels`,
    `separator`, `regex`, `target_label`, `replacement`, `action`."""
    bearer: SecretStr = SecretStr("")
    """Sent as `Authorization: Bearer …`."""
    headers: Mapping[str, str] = Field({})
    """Other headers to send; no secrets."""

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        fleet = bool(self.targets or self.target_files or self.target_names)
        if fleet == (self.url is not None):
            raise ValueError("name `url`, or `targets`, `target_files` or `target_names`")
        return self

    @property
    def is_fleet(self) -> bool:
        """Whether it has targets instead of one address."""
        return self.url is None

    def build_headers(self) -> Mapping[str, str]:
        """All headers of a request."""
        token = self.bearer.get_secret_value()
        headers = {"Accept": "text/plain;version=0.0.4", **self.headers}
        return headers | ({"Authorization": f"Bearer {token}"} if token else {})
