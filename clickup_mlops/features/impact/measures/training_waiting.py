"""`training_waiting`: how long training waits until it is begun."""

from collections.abc import Iterator

from clickup_mlops.features.impact.measures._tasks import sample_starts
from clickup_mlops.features.impact.model import Evidence, Measure, Sample


def collect(evidence: Evidence) -> Iterator[Sample]:
    """Of each training task that was begun in the period."""
    return sample_starts(evidence, "training")


MEASURE = Measure(
    title="Training waits until it is begun",
    definition="From the creation of a training task until its first status of work. It may grow "
    "where inference goes first.",
    source="timeline and decisions, or the export's history",
    unit="ms",
    better="less",
    collect=collect,
    order=60,
)
