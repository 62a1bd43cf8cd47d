"""`link_utilisation`: how busy RoCE links are, in hours in which the same class of jobs ran."""

from collections.abc import Iterator

from clickup_mlops.features.impact.measures._hourly import sample_hours
from clickup_mlops.features.impact.model import Evidence, Measure, Sample


def collect(evidence: Evidence) -> Iterator[Sample]:
    """The mean of all ports in each hour."""
    return sample_hours(evidence, evidence.hours("link_utilisation_pct").values)


MEASURE = Measure(
    title="RoCE utilisation",
    definition="Mean of `link_utilisation_pct` of all ports by the hour, in hours in which "
    "training ran, and in those without. Busier links alone are no success: see the bus bandwidth.",
    source="history of ports, timeline",
    unit="%",
    better="neither",
    collect=collect,
    order=70,
)
