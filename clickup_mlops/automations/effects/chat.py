"""`chat:<automation>` and the like: a message in a chat channel.

`after` has the channel's name and the text. The last line of the message names the task and what it
is about, so that it is found again when the answer to the call was lost. With `reply_to`, the id of
a message, it stands in that message's thread; with `thread`, the kind of another change about the
task, in the thread of the message that this one has posted.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice, takewhile
from typing import Final

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, Lost, Receipt
from clickup_mlops.clickup.content import Message
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import NotFound
from clickup_mlops.json_types import JsonObject

_NEWEST: Final = 100


def write(clickup: EffectClient, task_id: str, change: Change) -> str | None:
    """Two calls; the message's id. Nothing as `after` removes the message."""
    team = clickup.workspace_id
    if change.after is None:
        with suppress(NotFound):  # a person may have removed it
            clickup.chat.delete(team, change.before["id"])
        return None
    text = f"{change.after['text']}\n\n{_mark(task_id, change.kind, change.after)}"
    if head := _head(clickup, task_id, change.after):
        with suppress(NotFound):  # a person may have removed it: then it stands in the channel
            return clickup.chat.reply(team, head, text).id
    # Idempotent: ClickUp answers with the channel of that name, if there is one.
    channel = clickup.chat.create_channel(team, change.after["channel"])
    return clickup.chat.send(team, channel.id, text).id


def find(clickup: EffectClient, task: Task, change: Change, lost: Lost) -> Receipt | bool:
    """One that carries the mark. A call for the channel, and one for each 100 messages since."""
    if change.after is None:
        return _is_gone(clickup, change.before["id"])
    mark = _mark(task.id, change.kind, change.after)
    for posted in _places(clickup, task.id, change.after):
        # Newest first: what is older than the write cannot be its message.
        recent = takewhile(lambda one: one.date_ms >= lost.since_ms, posted)
        ours = (one.id for one in recent if _last_line(one.content) == mark)
        if found := next((each for each in ours if not lost.taken(each)), None):
            return found
    return None


def _places(clickup: EffectClient, task_id: str, wanted: JsonObject) -> Iterator[Iterable[Message]]:
    """The thread, if that is where it should stand, and the channel, if there is no such thread."""
    team = clickup.workspace_id
    if head := _head(clickup, task_id, wanted):
        with suppress(NotFound):
            yield [*clickup.chat.replies(team, head)]
            return
    channel = clickup.chat.create_channel(team, wanted["channel"])
    yield clickup.chat.messages(team, channel.id)


def _head(clickup: EffectClient, task_id: str, wanted: JsonObject) -> str | None:
    """The message in whose thread it stands. By its mark: two calls, among the 100 newest."""
    if "thread" not in wanted:
        return wanted.get("reply_to")
    channel = clickup.chat.create_channel(clickup.workspace_id, wanted["channel"])
    newest = islice(clickup.chat.messages(clickup.workspace_id, channel.id), _NEWEST)
    mark = _mark(task_id, wanted["thread"], {})
    return next((one.id for one in newest if _last_line(one.content) == mark), None)


def _is_gone(clickup: EffectClient, message_id: str) -> bool | None:
    try:
        next(iter(clickup.chat.replies(clickup.workspace_id, message_id)), None)
    except NotFound:
        return True
    return None


def _last_line(markdown: str) -> str:
    """Markdown that comes back may have backslashes before signs such as `_`."""
    return markdown.replace("\\", "").rstrip().rpartition("\n")[2].strip()


def _mark(task_id: str, kind: str, wanted: JsonObject) -> str:
    return f"clickup-mlops · {task_id}/{kind.partition(':')[2]}{wanted.get('ref', '')}"


def undo(change: Change, receipt: Receipt) -> Change | None:
    """The message is removed, even if somebody has read it already."""
    if change.after is None or receipt is None:
        return None
    before = {"id": receipt, **change.after}
    return Change(change.kind, before, None, f"undo: {change.text}", {})


EFFECT = Effect("A message in a chat channel.", write, find, undo, makes_new=True)
