"""`inference_waiting`: how long inference waits until work on it begins."""

from collections.abc import Iterator

from clickup_mlops.features.impact.measures._tasks import sample_starts
from clickup_mlops.features.impact.model import Evidence, Measure, Sample


def collect(evidence: Evidence) -> Iterator[Sample]:
    """Of each inference task that was begun in the period."""
    return sample_starts(evidence, "inference")


MEASURE = Measure(
    title="Inference waits until it is begun",
    definition="From the creation of an inference task until its first status of work.",
    source="timeline and decisions, or the export's history",
    unit="ms",
    better="less",
    collect=collect,
    order=20,
)
