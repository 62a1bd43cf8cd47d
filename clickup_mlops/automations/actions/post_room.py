"""`post_room`: post a message to the room of the task's incident."""

from clickup_mlops.automations.actions.comment import line
from clickup_mlops.automations.incidents import IncidentView
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered
from clickup_mlops.automations.text import Markdown, Text
from clickup_mlops.config import Table
from clickup_mlops.json_types import Json


class Options(Table):
    """The text, and how often. With `target = "incident"` it is about the task with which the
    incident began, so that all messages of an incident belong together.
    """

    text: Markdown
    """The message, in Markdown. The bot adds a last line that names the task and the incident."""
    key: Text = Text("")
    """Each message of an incident has a key, and is posted once; `${event.key}` posts for each
    event. Unset: the first message, in whose thread all others stand if the room is a thread."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if it was posted."""
    view = situation.around.incident()
    if view is None:
        raise Unanswered("the task is part of no incident", hint="`open_incident` opens one.")
    head = f"chat:room/{view.incident.id}"
    key = "-".join(options.key.fill(situation).split())
    kind = f"{head}/{key}" if key else head
    if situation.written(kind) is not None:
        return None
    text = options.text.fill(situation)
    if not text.strip():
        raise Unanswered(f'text: "{options.text}" gives no text here')
    after = {"channel": view.incident.room, "text": text}
    after |= _thread(situation, view, head) if key else {}
    shown: dict[str, Json] = {"channel": view.incident.room, "text": text}
    return Change(kind, None, after, f"#{view.incident.room}: {line(text)}", shown)


def _thread(situation: Situation, view: IncidentView, head: str) -> dict[str, str]:
    first = situation.written(head)
    if not view.incident.details.get("thread") or first is None or not first.receipt:
        return {}
    return {"reply_to": first.receipt}


ACTION = ActionType(
    "Post a message to the room of the task's incident.", Options, plan, writes=("chat",)
)
