"""`close_incident`: the task leaves its incident; the last task closes it.

It ends when its alert did (`endsAt`), or when people closed the task or removed the tag, not when
the bot saw that: it may have been away.
"""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.config import Table
from clickup_mlops.features.incidents.actions.open_incident import KIND
from clickup_mlops.features.incidents.alert_courses import FIRING, is_alert, parse_times
from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.model import IncidentView
from clickup_mlops.store.timeline_rows import Entry

_UNTAGGED: Final = "tag_removed"
"""`field` of what ClickUp reports then."""


class Options(Table):
    """None."""


def plan(situation: Situation, _options: Options) -> Change | None:
    """Nothing if the task is part of no open incident."""
    view = situation.lookups.view(IncidentView)
    if view is None or not view.affects(situation.task.id):
        return None
    before = _describe_incident(view.incident) | {
        "closed_ms": find_end_ms(situation, view),
        "chain": [*situation.chain, (situation.event.key, situation.automation)],
    }
    facts = {"title": view.incident.title}
    return Change(KIND, before, None, f"leave the incident: {view.incident.title:.80}", facts)


def find_end_ms(situation: Situation, view: IncidentView) -> int:
    """When what ended it and all alerts of the incident had ended (Unix ms); now, if that makes no
    sense.
    """
    ends, now_ms = [*_list_ends(situation)], situation.now_ms
    alerts = [time_ms for entry in view.entries() if is_alert(entry) for time_ms in _times(entry)]
    if not ends or not _since_ms(view, situation.task.id) <= ends[0] <= now_ms:
        return now_ms
    left = [task.left_ms or 0 for task in view.tasks]
    return min(now_ms, max([ends[0], *alerts, *left]))


def _list_ends(situation: Situation) -> Iterable[int]:
    event, task = situation.event, situation.task
    report = event.raw.get("report") or {}
    if report.get("state") == "resolved":
        return parse_times([(report.get("facts") or {}).get("ends")])
    if not task.is_open and task.closed_ms:
        return [task.closed_ms]
    return [item.date_ms for item in event.items if item.field == _UNTAGGED]


def _since_ms(view: IncidentView, task_id: str) -> int:
    """Since when the task is part of it (Unix ms)."""
    # Who began it was part of it from the beginning, though the bot saw that later.
    joined = [
        task.joined_ms for task in view.tasks if task.task_id == task_id != view.incident.task_id
    ]
    return max([view.incident.opened_ms, *joined])


def _times(report: Entry) -> list[int]:
    """When the alert fired or ended: as its tool says, else as it was reported."""
    name = "starts" if report.value.get("state") == FIRING else "ends"
    return [*parse_times([report.value.get(name)])] or [report.at_ms]


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
