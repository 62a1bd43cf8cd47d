"""A source of runs: a file of `metric_sources/`, which gives numbers for fields, too.

Its `SOURCE` reads numbers like every metric source; its `RUNS` reads the same runs as reports.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from clickup_mlops.features.metrics.derive.formulas import Measure, gauge
from clickup_mlops.features.metrics.scrape import Labels, Sample, Scrape, labels, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceTable
from clickup_mlops.features.progress.model import RunReport

S = TypeVar("S", bound=SourceTable)
Collect = Callable[[S, Reader, int], tuple[list[RunReport], list[str]]]
"""Settings, how to reach the world, now in Unix ms -> runs, and a sentence for each part that could
not be read. Raises SourceError."""
TASK: Final = "clickup_task"
"""Label, tag or annotation in which a run names its task; in a comment `task:<id>`."""
_HOUR_MS: Final = 3_600_000
_BY: Final = ("run", "run_name")

MEASURES: Final = (
    Measure("run_step", "steps", "Steps done.", gauge("step"), _BY),
    Measure("run_share_pct", "%", "Steps done of steps planned.", gauge("share_pct"), _BY),
    Measure("run_loss", "loss", "The newest loss.", gauge("loss", signed=True), _BY),
    Measure("run_hours", "h", "Time since the run has started.", gauge("hours"), _BY),
    Measure(
        "run_remaining_hours",
        "h",
        "Time until the last step at the mean speed so far.",
        gauge("remaining_hours"),
        _BY,
    ),
    Measure("run_gpu_hours", "GPU h", "GPUs times hours.", gauge("gpu_hours"), _BY),
)


@dataclass(frozen=True, slots=True)
class RunSource(Generic[S]):
    """Reads runs of one kind of tool."""

    collect: Collect[S]


def read_number(value: Any) -> float | None:
    """What it is, or what its text says: NaN and infinities come as text."""
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None


def metrics_of(settings: type[Any], collect: Collect[Any]) -> Source[Any]:
    """The metric source that gives the numbers of these runs."""

    def read(table: Any, reader: Reader, now_ms: int) -> Scrape:
        reports, problems = collect(table, reader, now_ms)
        return scrape(now_ms, samples(reports, now_ms), problems)

    return Source(settings, read, MEASURES)


def samples(reports: Iterable[RunReport], now_ms: int) -> Iterator[Sample]:
    """Of runs that run now."""
    for report in reports:
        if report.state == "running":
            key = labels(run=report.id, run_name=report.name)
            yield from _samples(report, key, now_ms)


def _samples(report: RunReport, key: Labels, now_ms: int) -> Iterator[Sample]:
    if report.step is not None:
        yield Sample("step", key, report.step)
    if report.loss is not None:
        yield Sample("loss", key, report.loss)
    share = report.share
    if share is not None:
        yield Sample("share_pct", key, 100 * share)
    if report.begun_ms is not None:
        hours = max(0, now_ms - report.begun_ms) / _HOUR_MS
        yield Sample("hours", key, hours)
        if report.gpus:
            yield Sample("gpu_hours", key, hours * report.gpus)
        if share:
            yield Sample("remaining_hours", key, hours * (1 - share) / share)
