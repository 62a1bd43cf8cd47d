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
    before = _describe_incident(view.incident) | {
        "closed_ms": situation.now_ms,
        "chain": [*situation.chain, (situation.event.key, situation.automation)],
    }
    facts = {"title": view.incident.title}
    return Change(KIND, before, None, f"leave the incident: {view.incident.title:.80}", facts)


def _describe_incident(incident: Incident) -> dict[str, object]:
    """As `open_incident` wanted it."""
    return {
        "incident": incident.id,
        "id": incident.id,
        "key": incident.key,
        "title": incident.title,
        "lead": incident.lead,
        "room": incident.room,
        "opened_ms": incident.opened_ms,
        "window_ms": 0,
        **incident.details,
    }


ACTION = ActionType("Leave the incident; the last task closes it.", Options, plan, writes=(KIND,))
