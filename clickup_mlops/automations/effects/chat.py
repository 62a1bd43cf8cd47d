"""`chat:<automation>` and the like: a message in a chat channel.

`after` has the channel's name and the text. The last line of the message names the task and what it
is about, so that it is found again when the answer to the call was lost. With the message's id in
`before` that message gets the text of `after`; `at_ms` beside it says how old it may be.

With `reply_to`, the id of a message, it stands in that message's thread; with `thread`, the kind of
another change about the task, in the thread of the message that this one has posted.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import islice, takewhile
from typing import Any, Final

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, Receipt, Written
from clickup_mlops.clickup.content import Message
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import NotFound
from clickup_mlops.json_types import JsonObject

_SLACK_MS: Final = 60_000
"""ClickUp may date a message so much earlier than the bot noted it."""
_NEWEST: Final = 100


def write(clickup: EffectClient, task_id: str, change: Change) -> str | None:
    """Two calls, or one for a message that is changed; its id. Nothing as `after` removes it.

    Raises:
        NotFound: the message that was to be changed is gone.
    """
    team, message_id = clickup.workspace_id, _message_id(change)
    if change.after is None:
        with suppress(NotFound):  # a person may have removed it
            clickup.chat.delete(team, change.before["id"])
        return None
    if message_id:
        clickup.chat.edit(team, message_id, _marked(task_id, change))
        return message_id
    text = _marked(task_id, change)
    if head := _head(clickup, task_id, change.after):
        with suppress(NotFound):  # a person may have removed it: then it stands in the channel
            return clickup.chat.reply(team, head, text).id
    # Idempotent: ClickUp answers with the channel of that name, if there is one.
    channel = clickup.chat.create_channel(team, change.after["channel"])
    return clickup.chat.send(team, channel.id, text).id


def find(
    clickup: EffectClient, task: Task, change: Change, lost_write: LostWrite
) -> Receipt | bool:
    """A new one carries the mark, a changed one is known by its id. A call for the channel, and one
    for each 100 messages since.
    """
    if change.after is None:
        return _is_gone(clickup, change.before["id"])
    if message_id := _message_id(change):
        return message_id if _changed(clickup, task.id, message_id, change) else None
    mark = _mark(task.id, change.kind, change.after)
    for posted in _places(clickup, task.id, change.after):
        # Newest first: what is older than the write cannot be its message.
        recent = takewhile(lambda message: message.date_ms >= lost_write.since_ms, posted)
        ours = (message.id for message in recent if _last_line(message.content) == mark)
        if match := next((own_id for own_id in ours if not lost_write.taken(own_id)), None):
            return match
    return None


def _places(
    clickup: EffectClient, task_id: str, message: Mapping[str, Any]
) -> Iterator[Iterable[Message]]:
    """The thread, if that is where it should stand, and the channel, if there is no such thread."""
    team = clickup.workspace_id
    if head := _head(clickup, task_id, message):
        with suppress(NotFound):
            yield [*clickup.chat.replies(team, head)]
            return
    channel = clickup.chat.create_channel(team, message["channel"])
    yield clickup.chat.messages(team, channel.id)


def _head(clickup: EffectClient, task_id: str, message: Mapping[str, Any]) -> str | None:
    """The message in whose thread it stands. By its mark: two calls, among the 100 newest."""
    if "thread" not in message:
        return message.get("reply_to")
    channel = clickup.chat.create_channel(clickup.workspace_id, message["channel"])
    newest = islice(clickup.chat.messages(clickup.workspace_id, channel.id), _NEWEST)
    mark = _mark(task_id, message["thread"], {})
    return next((posted.id for posted in newest if _last_line(posted.content) == mark), None)


def _message_id(change: Change) -> str:
    """Id of the message that is changed; empty: a new one is sent."""
    return str((change.before or {}).get("id") or "")


def _changed(clickup: EffectClient, task_id: str, message_id: str, change: Change) -> bool:
    team = clickup.workspace_id
    channel = clickup.chat.create_channel(team, change.before["channel"])
    since_ms = change.before.get("at_ms", 0) - _SLACK_MS
    posted = takewhile(
        lambda message: message.date_ms >= since_ms, clickup.chat.messages(team, channel.id)
    )
    content = next((message.content for message in posted if message.id == message_id), "")
    return _plain(content) == _plain(_marked(task_id, change))


def _is_gone(clickup: EffectClient, message_id: str) -> bool | None:
    try:
        next(iter(clickup.chat.replies(clickup.workspace_id, message_id)), None)
    except NotFound:
        return True
    return None


def _last_line(markdown: str) -> str:
    """Markdown that comes back may have backslashes before signs such as `_`."""
    return markdown.replace("\\", "").rstrip().rpartition("\n")[2].strip()


def _plain(markdown: str) -> list[str]:
    """Its words: what comes back may also have other blanks."""
    return markdown.replace("\\", "").split()


def _marked(task_id: str, change: Change) -> str:
    return f"{change.after['text']}\n\n{_mark(task_id, change.kind, change.after)}"


def _mark(task_id: str, kind: str, message: JsonObject) -> str:
    return f"clickup-mlops · {task_id}/{kind.partition(':')[2]}{message.get('ref', '')}"


def message(last: Written | None) -> Mapping[str, Any] | None:
    """The message that was posted last, as a change of it has it before; None: there is none, or an
    undo has removed it.
    """
    if last is None or last.after is None or last.receipt is None:
        return None
    return {**last.after, "id": last.receipt, "at_ms": last.at_ms}


def onto(change: Change, last: Written) -> Change:
    """That message gets the text."""
    return replace(change, before=message(last))


def undo(change: Change, receipt: Receipt) -> Change | None:
    """A new message is removed, even if somebody has read it; a changed one gets its old text."""
    if change.after is None or receipt is None:
        return None
    old = change.before or {}
    before = {"id": receipt, "at_ms": old.get("at_ms", 0), **change.after}
    after = {name: old[name] for name in ("channel", "text", "ref") if name in old} or None
    return Change(change.kind, before, after, f"undo: {change.text}", {})


EFFECT = Effect("A message in a chat channel.", write, find, undo, makes_new=True, onto=onto)
