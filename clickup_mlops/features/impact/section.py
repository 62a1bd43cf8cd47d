"""The section of the page and of reports: a period, and the one before."""

from clickup_mlops.features.impact import document
from clickup_mlops.features.impact.operations.measuring import measure_periods
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.views.model import Section


def build(data: Data, query: Query) -> Section | None:
    """None if nothing can be compared."""
    if query.before is None:
        return None
    impact = measure_periods(data.store, data.workspace, query.before, query.period)
    return document.build_section(impact) if impact.known else None
