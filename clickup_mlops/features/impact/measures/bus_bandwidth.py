"""`bus_bandwidth`: what collectives get, beside how busy the links are."""

from collections.abc import Iterator

from clickup_mlops.features.impact.measures._hourly import sample_hours
from clickup_mlops.features.impact.model import Evidence, Measure, Sample


def collect(evidence: Evidence) -> Iterator[Sample]:
    """The mean of all jobs in each hour."""
    return sample_hours(evidence, evidence.hours("bus_bandwidth_gb_s").values)


MEASURE = Measure(
    title="Bus bandwidth of collectives",
    definition="Mean of `bus_bandwidth_gb_s` by the hour, as nccl-tests define it.",
    source="history, timeline",
    unit="GB/s",
    better="more",
    collect=collect,
    order=72,
)
