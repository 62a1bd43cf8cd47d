"""`comment:<automation>` and the like: a comment of the bot on the task.

Each ends with a line that names what it is about, so that people see who wrote it and the bot
finds its comment again. `before` and `after` hold the text as Markdown (`before` the comment's id
too).
"""

import re
from dataclasses import replace
from typing import Any, Final

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, Receipt, Written
from clickup_mlops.clickup import blocks
from clickup_mlops.clickup.content import Comment
from clickup_mlops.clickup.model import HistoryItem, Task
from clickup_mlops.errors import NotFound
from clickup_mlops.store.journal_rows import ANY

_SIGNED: Final = re.compile(r"clickup-mlops · (\S+)\s*\Z")


def write(clickup: EffectClient, task_id: str, change: Change) -> str | None:
    """One call; the comment's id. One that a person has deleted is written anew."""
    comment_id = change.before and change.before.get("id")
    try:
        if comment_id and change.after is None:
            clickup.comments.delete(comment_id)
            return None
        if comment_id:
            clickup.comments.update(comment_id, signed(change))
            return str(comment_id)
    except NotFound:
        if change.after is None:
            return None
    return clickup.comments.add(task_id, signed(change)).id


def find(
    clickup: EffectClient, task: Task, change: Change, lost_write: LostWrite
) -> Receipt | bool:
    """A new comment is known by its last line, a changed one by its id. A call for each 25."""
    comment_id = (change.before or {}).get("id")
    for comment in clickup.comments.of_task(task.id):
        if comment.id == comment_id:
            return _changed(comment, change)
        recent = comment.date_ms >= lost_write.since_ms
        # Newest first: all that follow are older than the write.
        if comment_id is None and not recent:
            return None
        if change.after and recent and _is_it(comment, change) and not lost_write.taken(comment.id):
            return comment.id
    return True if change.after is None else None


def _is_it(comment: Comment, change: Change) -> bool:
    return _signature(comment.text) == _signature_of(change)


def _changed(comment: Comment, change: Change) -> str | None:
    if change.after is None:
        return None
    return comment.id if blocks.is_shown(signed(change), comment.text) else None


def signed(change: Change) -> list[blocks.Block]:
    """The comment's blocks: the text, and the line that names what it is about."""
    name = {"text": f"clickup-mlops · {_signature_of(change)}", "attributes": {"italic": True}}
    return [*blocks.from_markdown(change.after["text"]), name]


def _signature_of(change: Change) -> str:
    content = change.after or change.before or {}
    return f"{change.subject}{content.get('ref', '')}"


def _signature(text: str) -> str:
    match = _SIGNED.search(text)
    return match[1] if match else ""


def is_signed(text: str) -> bool:
    """Whether a comment with this text is the bot's."""
    return bool(_signature(text))


def made(last: Written | None) -> dict[str, str] | None:
    """The comment that was written last, as a change of it has it before; None: nobody knows which
    one it was, or it was deleted.
    """
    if last is None or last.after is None or last.receipt is None:
        return None
    return {"id": last.receipt, "text": last.after["text"]}


def onto(change: Change, last: Written) -> Change:
    """That comment gets the text, unless each event has a comment of its own."""
    return change if "#" in change.subject else replace(change, before=made(last))


def undo(change: Change, receipt: Receipt) -> Change | None:
    """A new comment is deleted, a changed one gets its old text back."""
    if change.after is None or receipt is None:
        return None
    now = {"id": receipt, **change.after}
    before = change.before and {"text": change.before["text"]}
    return Change(change.kind, now, before, f"undo: {change.text}", {})


def echo(item: HistoryItem) -> tuple[str, Any] | None:
    """ClickUp reports the text without its style, so any text of this comment is ours."""
    posted = item.raw.get("comment")
    if item.field != "comment" or not isinstance(posted, dict):
        return None
    about = _signature(str(posted.get("text_content") or "")).partition("~")[0]
    return (f"comment:{about}", ANY) if about else None


EFFECT = Effect(
    summary="A comment on the task.",
    write=write,
    find=find,
    undo=undo,
    echo=echo,
    makes_new=True,
    onto=onto,
    history=lambda _change: "comment",
    events=("taskCommentPosted", "taskCommentUpdated", "taskUpdated"),
)
