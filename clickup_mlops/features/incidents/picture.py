"""The charts of an incident's report as one picture, as soon as it is over."""

from typing import Final

from clickup_mlops.errors import ConfigError
from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.routing.policy import Policy
from clickup_mlops.series.history import StoreHistory
from clickup_mlops.store import Store

MOST: Final = 6
"""Charts: those with an SLO first."""


def draw_charts(
    store: Store, incident: Incident, until_ms: int, policy: Policy, zone: str
) -> bytes | None:
    """PNG, with times in this time zone. None: nothing was measured of its tasks, or the extra
    `pictures` is not installed.

    It has the finest points that there are: means over longer times are not made yet.
    """
    from clickup_mlops.features.incidents.sections.incident import SECTION
    from clickup_mlops.ports.sections import period
    from clickup_mlops.ports.sections.model import Data, Query
    from clickup_mlops.views import png

    store.flush()
    about = period.of_task("incident", incident.id, incident.opened_ms, until_ms + 1, zone)
    history = StoreHistory(store, incident.workspace, until_ms, raw_ms=0, five_minutes_ms=0)
    data = Data(store, history, incident.workspace, policy)
    section = SECTION.build(data, Query(about, target=incident.task_id))
    charts = section.charts() if section else ()
    drawn = [chart for chart in charts if any(line.points for line in chart.lines)]
    drawn.sort(key=lambda chart: chart.limit is None)
    try:
        return png.render_charts(drawn[:MOST], zone) if drawn else None
    except ConfigError:
        return None
