"""Kubernetes' API: pods that wait for a node, and warnings that the cluster reports.

Wire: kubernetes.io/docs/reference, `/api/v1/pods` and `/api/v1/events`. The account needs `list` of
both. Of a cluster with Kueue, jobs wait there and not as pods: see the kind `kueue`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from pydantic import Field, HttpUrl, SecretStr

from clickup_mlops.features.metrics.derive.defined import named
from clickup_mlops.features.metrics.read.entries import read_each
from clickup_mlops.features.metrics.scrape import NONE, Sample, Scrape, labels, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceError, SourceTable

_MOST: Final = "5000"
"""Entries of one answer."""
_PAGES: Final = 20
"""Answers that are read of one list."""


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "kubernetes"`."""

    url: HttpUrl
    """Of the API's server, or of `kubectl proxy`."""
    bearer: SecretStr = SecretStr("")
    """The token of a service account."""
    resource: str = Field("nvidia.com/gpu", min_length=1)
    """Only pods that ask for this; `cpu`: all."""


def pending(waiting: Iterable[tuple[str, int] | None], now_ms: int) -> Iterator[Sample]:
    """Pods without a node, by namespace, and the age of the oldest."""
    ages: dict[str, list[float]] = defaultdict(list)
    for namespace, created_ms in filter(None, waiting):
        ages[namespace].append((now_ms - created_ms) / 1000)
    for namespace, seconds in ages.items():
        yield Sample("pending_jobs", labels(queue=namespace), float(len(seconds)))
        yield Sample("pending_age_s", labels(queue=namespace), max(seconds))


def _waiting(pod: Any, resource: str) -> tuple[str, int] | None:
    """Namespace and creation of a pod that has no node and asks for the resource; None: another."""
    asked = (
        (container.get("resources") or {}).get("requests") or {}
        for container in pod["spec"].get("containers", ())
    )
    if pod["spec"].get("nodeName") or not any(resource in requests for requests in asked):
        return None
    return pod["metadata"]["namespace"], _ms(pod["metadata"]["creationTimestamp"])


def warnings(times_ms: Iterable[int], since_ms: int, now_ms: int) -> Iterator[Sample]:
    """Those that were seen since then, per minute."""
    fresh = sum(at_ms > since_ms for at_ms in times_ms)
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
    pods, unread_pods = read_each(
        _list(settings, reader, "pods", "status.phase=Pending"),
        lambda pod: _waiting(pod, settings.resource),
        "pod",
    )
    events, unread_events = read_each(
        _list(settings, reader, "events", "type=Warning"), _last_ms, "event"
    )
    samples = [*pending(pods, now_ms), *warnings(events, since_ms, now_ms)]
    return scrape(now_ms, samples, (*unread_pods, *unread_events))


def _list(settings: Settings, reader: Reader, kind: str, selector: str) -> list[Any]:
    """All pages.

    Raises:
        SourceError: it is no list, or has too many entries: a part of them would be a wrong number.
    """
    entries, query = list[Any](), {"fieldSelector": selector, "limit": _MOST}
    for _page in range(_PAGES):
        answer = _ask(settings, reader, kind, query)
        items = answer.get("items") if isinstance(answer, dict) else None
        if not isinstance(items, list):
            raise SourceError(f"no list of {kind}: {answer!r:.80}")
        entries += items
        following = (answer.get("metadata") or {}).get("continue")
        if not following:
            return entries
        query |= {"continue": str(following)}
    raise SourceError(f"more than {_PAGES * int(_MOST):,} {kind}")


def _ask(settings: Settings, reader: Reader, kind: str, query: dict[str, str]) -> Any:
    token = settings.bearer.get_secret_value()
    return reader.json(
        f"{str(settings.url).rstrip('/')}/api/v1/{kind}",
        query,
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
