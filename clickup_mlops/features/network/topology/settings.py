"""`[[network.topology]]`: one source of the topology."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Self

from pydantic import Field, HttpUrl, SecretStr, field_validator, model_validator

from clickup_mlops.config import Table
from clickup_mlops.features.network.topology.kinds import loaders
from clickup_mlops.spelling import suggest_word


class TopologyTable(Table):
    """Where one kind of description is read: files, a command, or an address."""

    kind: str
    """What the description is; `clickup-mlops help topology` has the kinds."""
    files: tuple[str, ...] = ()
    """Files, or patterns such as `/srv/lldp/*.json`. Where a description does not say whose it is,
    the file's name without its end does."""
    command: tuple[str, ...] = ()
    """A program with its arguments, whose output is read; no shell reads them."""
    url: HttpUrl | None = None
    """An address that is asked."""
    bearer: SecretStr = SecretStr("")
    """Sent as `Authorization: Bearer …`."""
    headers: Mapping[str, str] = Field({})
    """Other headers to send; no secrets."""
    host: str = ""
    """Whose it is, where a description does not say it. Default: the file's name."""
    timeout: timedelta = Field(timedelta(seconds=20), gt=timedelta(0), le=timedelta(minutes=5))
    """The longest that reading may take."""

    @field_validator("kind")
    @classmethod
    def _is_known(cls, kind: str) -> str:
        if kind not in (kinds := loaders()):
            raise ValueError(f"no such kind {kind!r}{suggest_word(kind, kinds)}")
        return kind

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        places = [bool(self.files), bool(self.command), self.url is not None]
        if sum(places) != 1:
            raise ValueError("name one of `files`, `command` and `url`")
        return self
