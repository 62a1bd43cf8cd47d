"""`gpu_idle`: GPUs that do nothing."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.impact.model import Evidence, Measure, Sample

_IDLE_PCT: Final = 5.0
_DAY_MS: Final = 86_400_000


def collect(evidence: Evidence) -> Iterator[Sample]:
    """For each whole day the mean hours in which a GPU was idle."""
    days: dict[int, list[float]] = defaultdict(list)
    for hour, values in evidence.hours("gpu_utilisation_pct").totals.items():
        idle = sum(value < _IDLE_PCT for value in values)
        days[hour // _DAY_MS * _DAY_MS].append(idle / len(values))
    for day, shares in sorted(days.items()):
        if len(shares) == 24 and evidence.start_ms <= day < evidence.end_ms:
            yield Sample(day, sum(shares), ("GPUs",))


MEASURE = Measure(
    title="GPU hours idle",
    definition="Hours a day in which a GPU's `gpu_utilisation_pct` has a mean below 5%, of all "
    "GPUs.",
    source="history of DCGM",
    unit="hours",
    better="less",
    collect=collect,
    order=61,
)
