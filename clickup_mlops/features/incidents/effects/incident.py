"""`incident`: the task opens an incident or joins one, or leaves it.

Kept in the bot's own store. `after` is what is wanted: `id`, `key`, `title`, `lead`, `roles`,
`room`, `thread`, `opened_ms`, `window_ms`, `every_ms`, and the `chain` of what led to it. To leave,
`before` names the incident; in `after`, `incident` is one that the task has left, to be part of it
again, whatever else is open. With `quiet` no automation is asked about it. Costs no call.

People move tasks: with `merge` (an incident's id) all of that incident moves to `incident`; with
`separate` (an incident's id) the task moves from there to one of its own, or the incident `id`,
which was a part of it, is one of its own again. With `answer` (an incident's id) it is not the
same outage as the live one about which it asked; that is not undone.

People report on it: `report` is the kind (see `incidents.course`), `entry` the report, in `before`
the one that it replaces, in `after` the new one; null: none.
"""

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, Receipt
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents.service import IncidentService


def write(clickup: EffectClient, task_id: str, change: Change) -> str | None:
    """The incident's id; None if the task has left it."""
    if change.after is None:
        clickup.service(IncidentService).leave(task_id, change.before)
        return None
    if "report" in change.after:
        return clickup.service(IncidentService).report(change.before, change.after)
    if "merge" in change.after:
        return clickup.service(IncidentService).merge(task_id, change.after)
    if "separate" in change.after:
        return clickup.service(IncidentService).separate(task_id, change.after)
    if "answer" in change.after:
        return clickup.service(IncidentService).open_unanswered(change.after["answer"])
    return clickup.service(IncidentService).enter(task_id, change.after)


def find(
    clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite
) -> Receipt | bool:
    """Known by the store. What a command has begun is done to the end: it would not do it again."""
    if change.after is None:
        return clickup.service(IncidentService).finish_leave(task.id, change.before) or None
    if "report" in change.after:
        return clickup.service(IncidentService).finish_report(change.before, change.after)
    if "merge" in change.after:
        return clickup.service(IncidentService).finish_merge(task.id, change.after)
    if "separate" in change.after:
        return clickup.service(IncidentService).find_separation(task.id, change.after)
    if "answer" in change.after:
        return clickup.service(IncidentService).finish_answer(change.after["answer"])
    return clickup.service(IncidentService).find_entry(task.id, change.after)


def undo(change: Change, receipt: Receipt) -> Change | None:
    """The task leaves the incident, or is part of it again; tasks that people moved are back. No
    automation is asked about it.
    """
    text, after = f"undo: {change.text}", change.after or {}
    if "report" in after:
        return Change(change.kind, after, change.before, text, {})
    if "merge" in after:
        words = "an incident of its own"  # a `title` would make a new one
        back = {"separate": after["incident"], "id": after["merge"], "quiet": True, "text": words}
        return Change(change.kind, after, back, text, {})
    if "separate" in after:
        words = "a part of the other incident"
        back = {"merge": after["id"], "incident": after["separate"], "quiet": True, "text": words}
        return Change(change.kind, after, back, text, {})
    if change.after is None:
        return Change(change.kind, None, {**change.before, "quiet": True}, text, {})
    if receipt is None or "answer" in after:
        return None
    before = {**change.after, "incident": receipt, "quiet": True}
    return Change(change.kind, before, None, text, {})


EFFECT = Effect(
    "The task opens, joins or leaves an incident.", write, find, undo, local=True, opens=True
)
