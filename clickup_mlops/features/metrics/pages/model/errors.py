"""Errors and availability over time, against their objectives."""

from clickup_mlops.features.metrics.presentation.charts import charts
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Section


def _build(data: Data, query: Query) -> Section | None:
    return charts(data, query, "errors", "Errors and availability")


SECTION = SectionType("Errors and availability", _build, 24, targeted=True)
