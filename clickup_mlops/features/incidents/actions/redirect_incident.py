"""`redirect_incident`: what was written about the incident that the task left says where to go."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from clickup_mlops.automations.actions.comment import comment_change, line
from clickup_mlops.automations.effects.chat import message
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered, Written
from clickup_mlops.automations.text import Markdown
from clickup_mlops.config import Table
from clickup_mlops.features.incidents.model import IncidentView

_KINDS: Final = {
    "comment": "comment:incident/{}",
    "message": "chat:room/{}",
    "announcement": "chat:incident/{}",
}


class Options(Table):
    """What is changed, and the text."""

    what: Literal["comment", "message", "announcement"]
    """`comment`: the task's comment with `about = "incident"`. `message`: the first message in the
    room (`post_room`). `announcement`: the message in a channel with `about = "incident"`."""
    text: Markdown
    """In Markdown, instead of the text that it has."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if nothing was written about it on this task, or if that still holds."""
    about = situation.event.raw.get("incident") or {}
    incident_id = str(about.get("from") or "")
    view = situation.lookups.view(IncidentView)
    if not incident_id or (view and _is_followed(view, incident_id, situation.task.id)):
        return None
    # A task that people moved says so in the comment about its former incident.
    names = [incident_id, *(about.get("parts", ()) if options.what == "comment" else ())]
    kinds = [_KINDS[options.what].format(name) for name in names]
    writes = ((kind, situation.written(kind)) for kind in kinds)
    kind, last = next(((kind, last) for kind, last in writes if last and last.receipt), ("", None))
    if last is None or last.after is None:
        return None
    text = options.text.fill(situation)
    if not text.strip():
        raise Unanswered(f'text: "{options.text}" gives no text here')
    if options.what == "comment":
        return comment_change(situation, kind.partition(":")[2], text)
    return _edit(kind, last, text)


def _is_followed(view: IncidentView, incident_id: str, task_id: str) -> bool:
    """Whether what was written about the incident on the task holds: it is a part of it, or the
    first one, where the others are followed.
    """
    is_first = view.incident.task_id == task_id
    return view.incident.id == incident_id and (is_first or view.affects(task_id))


def _edit(kind: str, last: Written, text: str) -> Change | None:
    before = message(last)
    if before is None or before["text"] == text:
        return None
    after: Mapping[str, Any] = {**last.after, "text": text}
    summary = {"channel": before["channel"], "text": text}
    return Change(kind, before, after, f"#{before['channel']}: {line(text)}", summary)


ACTION = ActionType(
    "Say where the incident that the task has left goes on.",
    Options,
    plan,
    writes=("comment", "chat"),
)
