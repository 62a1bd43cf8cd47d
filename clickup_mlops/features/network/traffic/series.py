"""Traffic of jobs as series of the history: what pages and reports show. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final

from clickup_mlops.features.metrics.placement.recorded import text_of
from clickup_mlops.features.metrics.quantity import quantities
from clickup_mlops.features.metrics.scrape import labels
from clickup_mlops.features.network.traffic.model import JobTraffic
from clickup_mlops.store.tables.history import Series

SOURCE: Final = "network"
"""As which source the values are kept."""


def series(
    workspace: str, traffic: Iterable[JobTraffic], now_ms: int
) -> Iterator[tuple[Series, int, float]]:
    """What is known of each job, with its time (Unix ms)."""
    for entry in traffic:
        for measure, collective, value in _values(entry):
            if value is not None:
                named = labels(job=entry.job, **({"collective": collective} if collective else {}))
                unit = quantities()[measure].unit
                yield (
                    Series(workspace, SOURCE, measure, text_of(named), "", "", unit),
                    now_ms,
                    value,
                )


def _values(entry: JobTraffic) -> Iterator[tuple[str, str, float | None]]:
    yield "job_bytes_s", "", entry.sent_bytes_s
    yield "job_peak", "", entry.peak
    yield "job_off_leaf_pct", "", entry.off_leaf_pct
    yield "cross_rail_pct", "", entry.cross_rail_pct
    yield "cross_pod_pct", "", entry.cross_pod_pct
    for collective in entry.collectives:
        yield "bus_bandwidth_pct", collective.name, collective.bus_pct
