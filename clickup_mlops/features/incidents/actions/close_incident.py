"""`close_incident`: the task leaves its incident; the last task closes it."""

from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.config import Table
from clickup_mlops.features.incidents.actions.open_incident import KIND
from clickup_mlops.features.incidents.model import IncidentView
from clickup_mlops.features.incidents.tables.incidents import Incident


class Options(Table):
    """None."""


def plan(situation: Situation, _options: Options) -> Change | None:
    """Nothing if the task is part of no open incident."""
    view = situation.lookups.view(IncidentView)
    if view is None or not view.affects(situation.task.id):
        return None
    known = _known(view.incident) | {
        "closed_ms": situation.now_ms,
        "chain": [*situation.chain, (situation.event.key, situation.automation)],
    }
    shown = {"title": view.incident.title}
    return Change(KIND, known, None, f"leave the incident: {view.incident.title:.80}", shown)


def _known(one: Incident) -> dict[str, object]:
    """As `open_incident` wanted it."""
    return {
        "incident": one.id,
        "id": one.id,
        "key": one.key,
        "title": one.title,
        "lead": one.lead,
        "room": one.room,
        "opened_ms": one.opened_ms,
        "window_ms": 0,
        **one.details,
    }


ACTION = ActionType("Leave the incident; the last task closes it.", Options, plan, writes=(KIND,))
