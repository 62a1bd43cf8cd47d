"""`post_room`: post a message to the room of the task's incident."""

from typing import Final

from clickup_mlops.automations.actions.comment import line, reference
from clickup_mlops.automations.effects.chat import message
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered
from clickup_mlops.automations.text import Markdown, Text
from clickup_mlops.config import Table
from clickup_mlops.features.incidents.conditions.incident import get_view
from clickup_mlops.features.incidents.model import IncidentView
from clickup_mlops.json_types import Json

_LONGEST_KEY: Final = 20


class Options(Table):
    """The text, and how often. With `target = "incident"` it is about the task with which the
    incident began, so that all messages of an incident belong together.
    """

    text: Markdown
    """The message, in Markdown. The bot adds a last line that names the task and the incident."""
    key: Text = Text("")
    """Each message of an incident has a key, and is posted once: another text changes it.
    `${event.key}` posts for each event. Unset: the first message, in whose thread all others stand
    if the room is a thread."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if it was posted with that text, or an undo has removed it."""
    view = get_view(situation.lookups)
    head = f"chat:room/{view.incident.id}"
    key = _short("-".join(options.key.fill(situation).split()))
    kind = f"{head}/{key}" if key else head
    last = situation.written(kind)
    text = options.text.fill(situation)
    if not text.strip():
        raise Unanswered(f'text: "{options.text}" gives no text here')
    after = {"channel": view.incident.room, "text": text}
    after |= _thread(situation, view, head) if key else {}
    before = message(last)
    if last and (before is None or before["text"] == text):
        return None
    facts: dict[str, Json] = {"channel": view.incident.room, "text": text}
    return Change(kind, before, after, f"#{view.incident.room}: {line(text)}", facts)


def _short(key: str) -> str:
    """It stands in a line that people see."""
    return key if len(key) <= _LONGEST_KEY else reference(key)


def _thread(situation: Situation, view: IncidentView, head: str) -> dict[str, str]:
    """Which message it answers: by its id, or by its mark if that is posted just before."""
    if not view.incident.details.get("thread"):
        return {}
    first = situation.written(head)
    return {"reply_to": first.receipt} if first and first.receipt else {"thread": head}


ACTION = ActionType(
    "Post a message to the room of the task's incident.", Options, plan, writes=("chat",)
)
