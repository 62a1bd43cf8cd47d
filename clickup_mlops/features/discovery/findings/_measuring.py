"""What findings share. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from clickup_mlops.features.discovery.model import FEW_TASKS, Trace
from clickup_mlops.ports.sections import statistics
from clickup_mlops.ports.sections.statistics import Estimate

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS


def median(values: Sequence[float], seed: str) -> Estimate | None:
    """The median; None: of too few tasks."""
    return statistics.median(values, seed) if len(values) >= FEW_TASKS else None


def share(part: int, total: int) -> Estimate | None:
    """A share of 0 to 1; None: of too few tasks."""
    return statistics.share(part, total) if total >= FEW_TASKS else None


def to_percent(estimate: Estimate) -> Estimate:
    """A share as 0 to 100."""
    return Estimate(*(100 * value for value in (estimate.value, estimate.low, estimate.high)))


def times_in(traces: Iterable[Trace], stage: str) -> list[int]:
    """How long each of them that passed it was in a stage."""
    name = stage.casefold()
    return [spent.ms for trace in traces for spent in trace.spent if spent.stage.casefold() == name]


def worked_stages(traces: Iterable[Trace]) -> list[str]:
    """The names of stages since work began, sorted."""
    return sorted({spent.stage for trace in traces for spent in trace.worked})
