"""Queue and cache over time."""

from clickup_mlops.features.metrics.presentation.charts import charts
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Section


def _build(data: Data, query: Query) -> Section | None:
    return charts(data, query, "queue", "Queue and cache")


SECTION = SectionType("Queue and cache", _build, 28, targeted=True)
