"""Kubernetes' API: pods that wait for a node, and warnings that the cluster reports.

Wire: kubernetes.io/docs/reference, `/api/v1/pods` and `/api/v1/events`. The account needs `list` of
both. Of a cluster with Kueue, jobs wait there and not as pods: see the kind `kueue`.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from pydantic import Field, HttpUrl, SecretStr

from clickup_mlops.features.metrics.derive.defined import named
from clickup_mlops.features.metrics.scrape import NONE, Sample, Scrape, labels, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceTable

_MOST: Final = "5000"
"""Entries of one answer."""


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "kubernetes"`."""

    url: HttpUrl
    """Of the API's server, or of `kubectl proxy`."""
    bearer: SecretStr = SecretStr("")
    """The token of a service account."""
    resource: str = Field("nvidia.com/gpu", min_length=1)
    """Only pods that ask for this; `cpu`: all."""


def pending(answer: Any, resource: str, now_ms: int) -> Iterator[Sample]:
    """Pods without a node, by namespace, and the age of the oldest."""
    ages: dict[str, list[float]] = defaultdict(list)
    for pod in answer["items"]:
        asked = (
            (container.get("resources") or {}).get("requests") or {}
            for container in pod["spec"].get("containers", ())
        )
        if not pod["spec"].get("nodeName") and any(resource in requests for requests in asked):
            created_ms = _ms(pod["metadata"]["creationTimestamp"])
            ages[pod["metadata"]["namespace"]].append((now_ms - created_ms) / 1000)
    for namespace, waiting in ages.items():
        yield Sample("pending_jobs", labels(queue=namespace), float(len(waiting)))
        yield Sample("pending_age_s", labels(queue=namespace), max(waiting))


def warnings(answer: Any, since_ms: int, now_ms: int) -> Iterator[Sample]:
    """Those that were seen since then, per minute."""
    fresh = sum(_last_ms(event) > since_ms for event in answer["items"])
    yield Sample("warning_events_per_min", NONE, fresh * 60_000 / (now_ms - since_ms))


def _last_ms(event: Any) -> int:
    """An event is repeated by its `series` or its `lastTimestamp`, by version."""
    series = event.get("series") or {}
    times = (
        series.get("lastObservedTime"),
        event.get("lastTimestamp"),
        event.get("eventTime"),
        event["metadata"].get("creationTimestamp"),
    )
    return next((_ms(time) for time in times if time), 0)


def _ms(time: str) -> int:
    return round(datetime.fromisoformat(time).timestamp() * 1000)


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """Both lists."""
    since_ms = now_ms - round(settings.every.total_seconds() * 1000)
    pods = _ask(settings, reader, "pods", "status.phase=Pending")
    events = _ask(settings, reader, "events", "type=Warning")
    samples = [*pending(pods, settings.resource, now_ms), *warnings(events, since_ms, now_ms)]
    return scrape(now_ms, samples)


def _ask(settings: Settings, reader: Reader, kind: str, selector: str) -> Any:
    token = settings.bearer.get_secret_value()
    return reader.json(
        f"{str(settings.url).rstrip('/')}/api/v1/{kind}",
        {"fieldSelector": selector, "limit": _MOST},
        {"Authorization": f"Bearer {token}"} if token else {},
        settings.timeout.total_seconds(),
    )


SOURCE: Source[Any] = Source(
    Settings,
    collect,
    (
        named("pending_jobs", "queue"),
        named("pending_age_s", "queue"),
        named("warning_events_per_min"),
    ),
)
