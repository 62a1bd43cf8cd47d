"""`link_balance`: how evenly the rails are used, in hours in which the same class of jobs ran."""

from collections.abc import Iterator

from clickup_mlops.features.impact.measures._hourly import sample_hours
from clickup_mlops.features.impact.model import Evidence, Measure, Sample


def collect(evidence: Evidence) -> Iterator[Sample]:
    """The mean of `rail_balance` in each hour."""
    return sample_hours(evidence, evidence.hours("rail_balance").values)


MEASURE = Measure(
    title="Balance of rails",
    definition="Mean of `rail_balance` (Jain's index, 1: even) by the hour, in hours in which "
    "training ran, and in those without.",
    source="history, timeline",
    unit="count",
    better="more",
    collect=collect,
    order=71,
)
