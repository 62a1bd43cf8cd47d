"""Quality: accuracy, drift and scores over time."""

from clickup_mlops.features.metrics.presentation.charts import charts
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Section


def _build(data: Data, query: Query) -> Section | None:
    return charts(data, query, "quality", "Quality")


SECTION = SectionType("Quality", _build, 26, targeted=True)
