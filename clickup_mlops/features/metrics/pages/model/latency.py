"""Latency: percentiles over time, against their objectives."""

from clickup_mlops.features.metrics.presentation.charts import charts
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Section


def _build(data: Data, query: Query) -> Section | None:
    return charts(data, query, "latency", "Latency")


SECTION = SectionType("Latency", _build, 20, targeted=True)
