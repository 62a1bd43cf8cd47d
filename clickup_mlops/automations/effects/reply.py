"""`reply`: an answer in the thread of a comment; about the comment's id. A Markdown text, in which
nothing is a link or mentions anybody: it may repeat what people wrote.

Behind the id, after a `#`, may stand to which of the comment's texts it is the answer.
"""

from typing import Final

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, Receipt
from clickup_mlops.clickup import blocks
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.clickup.webhook import EDITED

MARK: Final = "#"


def write(clickup: EffectClient, _task_id: str, change: Change) -> str | None:
    """One call; the receipt is the reply's id. Nothing as `after` removes the reply `before`."""
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
    # Replies carry no mark: they answer a person, who should not have to read one.
    thread = clickup.comments.replies(_comment(change))
    if change.after is None:
        return all(str(reply.id) != change.before for reply in thread) or None
    text = blocks.extract_text(blocks.from_markdown(change.after, links=False)).strip()
    recent = (reply for reply in thread if reply.date_ms >= lost_write.since_ms)
    ours = (str(reply.id) for reply in recent if reply.text.strip() == text)
    return next((reply_id for reply_id in ours if not lost_write.taken(reply_id)), None)


def _comment(change: Change) -> str:
    return change.subject.partition(MARK)[0]


def undo(change: Change, receipt: Receipt) -> Change | None:
    """The reply is removed."""
    if receipt is None:
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
