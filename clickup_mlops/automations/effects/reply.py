"""`reply`: an answer in the thread of a comment, or of a chat message; about its id. A Markdown
text, in which nothing is a link or mentions anybody: it may repeat what people wrote.

Behind the id, after a `#`, may stand to which of the comment's texts it is the answer.
"""

import hashlib
from contextlib import suppress
from typing import Final

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, Receipt
from clickup_mlops.clickup import blocks
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.clickup.webhook import EDITED
from clickup_mlops.errors import NotFound

MARK: Final = "#"
IN_CHAT: Final = "chat:"
"""Ids of chat messages begin like this; if they stand in a thread, with its first message and a
slash before their own."""
OUTSIDE: Final = "outside:"
"""Ids of messages in other systems begin like this."""


class OutsideReplies:
    """Sends answers to messages in other systems."""

    def send(self, place: str, delivery: str, markdown: str) -> None:
        """Keep the answer to the message with this id; twice is the same as once."""
        raise NotImplementedError

    def is_stored(self, delivery: str) -> bool:
        """Whether it was kept."""
        raise NotImplementedError


def write(clickup: EffectClient, _task_id: str, change: Change) -> str | None:
    """One call; the receipt is the reply's id. Nothing as `after` removes the reply `before`."""
    if _comment(change).startswith(OUTSIDE):
        return _write_outside(clickup, change)
    if message_id := _message(change):
        return _write_in_chat(clickup, message_id, change)
    if change.after is None:
        clickup.comments.delete(change.before)
        return None
    answer = clickup.comments.reply(
        _comment(change), blocks.from_markdown(change.after, links=False)
    )
    return str(answer.id)


def find(
    clickup: EffectClient, _task: Task, change: Change, lost_write: LostWrite
) -> Receipt | bool:
    """The thread has a reply with this text, or not that reply any more. One call."""
    if _comment(change).startswith(OUTSIDE):
        delivery = _delivery(change)
        return delivery if clickup.service(OutsideReplies).is_stored(delivery) else None
    if message_id := _message(change):
        return _find_in_chat(clickup, message_id, change, lost_write)
    # Replies carry no mark: they answer a person, who should not have to read one.
    thread = clickup.comments.replies(_comment(change))
    if change.after is None:
        return all(str(reply.id) != change.before for reply in thread) or None
    text = blocks.extract_text(blocks.from_markdown(change.after, links=False)).strip()
    recent = (reply for reply in thread if reply.date_ms >= lost_write.since_ms)
    ours = (str(reply.id) for reply in recent if reply.text.strip() == text)
    return next((reply_id for reply_id in ours if not lost_write.taken(reply_id)), None)


def _write_outside(clickup: EffectClient, change: Change) -> str:
    """No call: it is kept, and sent from there."""
    delivery = _delivery(change)
    clickup.service(OutsideReplies).send(_comment(change), delivery, change.after)
    return delivery


def _delivery(change: Change) -> str:
    # The same answer gives the same id, so that a repetition is recognised.
    return f"msg_{hashlib.sha256(change.kind.encode()).hexdigest()[:24]}"


def _write_in_chat(clickup: EffectClient, message_id: str, change: Change) -> str | None:
    if change.after is None:
        with suppress(NotFound):
            clickup.chat.delete(clickup.workspace_id, change.before)
        return None
    return clickup.chat.reply(clickup.workspace_id, message_id, change.after).id


def _find_in_chat(
    clickup: EffectClient, message_id: str, change: Change, lost_write: LostWrite
) -> Receipt | bool:
    thread = [*clickup.chat.replies(clickup.workspace_id, message_id)]
    if change.after is None:
        return all(reply.id != change.before for reply in thread) or None
    recent = (reply for reply in thread if reply.date_ms >= lost_write.since_ms)
    ours = (reply.id for reply in recent if _words(reply.content) == _words(change.after))
    return next((reply_id for reply_id in ours if not lost_write.taken(reply_id)), None)


def _words(markdown: str) -> list[str]:
    """What comes back may have other blanks, and backslashes before signs such as `_`."""
    return markdown.replace("\\", "").split()


def _message(change: Change) -> str:
    """Id of the chat message in whose thread the answer stands; empty: it is a comment."""
    place = _comment(change)
    return place.removeprefix(IN_CHAT).partition("/")[0] if place.startswith(IN_CHAT) else ""


def _comment(change: Change) -> str:
    return change.subject.partition(MARK)[0]


def undo(change: Change, receipt: Receipt) -> Change | None:
    """The reply is removed; one in another system cannot be."""
    if receipt is None or _comment(change).startswith(OUTSIDE):
        return None
    return Change(change.kind, receipt, None, f"undo: {change.text}", {"reply": receipt})


def receipt_in(event: Event) -> str | None:
    """The id of a reply that was posted: a comment with its parent beside it."""
    replies = (i for i in event.items if i.field == "comment" and i.raw.get("parent_comment"))
    return next((str(item.after) for item in replies if event.kind != EDITED), None)


EFFECT = Effect(
    summary="An answer in the thread of a comment.",
    write=write,
    find=find,
    undo=undo,
    makes_new=True,
    receipt_in=receipt_in,
    events=("taskCommentPosted", "taskUpdated"),
)
