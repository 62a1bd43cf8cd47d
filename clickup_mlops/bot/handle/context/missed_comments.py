"""Comments whose event never came: read once for each change that a back-fill found, and reported
by the events that were lost.

ClickUp gives up a delivery after five tries. What it shows of a comment afterwards is its text, its
author and its time, but not the id of its event: what was answered is known by the comment's id.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import takewhile
from typing import Any, Final

from clickup_mlops import logs
from clickup_mlops.automations.effects.comment import is_signed
from clickup_mlops.automations.events import BACKFILL
from clickup_mlops.automations.occurrence import COMMENT, POSTED
from clickup_mlops.automations.perform import OPEN
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.client.resources.comments import Comments
from clickup_mlops.clickup.content import Comment
from clickup_mlops.clickup.model import Event, HistoryItem
from clickup_mlops.clickup.webhook import SLACK_MS
from clickup_mlops.errors import ClickUpMlopsError, NotFound, Unauthorized
from clickup_mlops.store import Inbox
from clickup_mlops.store.tables.journal import Journal

SINCE: Final = "comments_since_ms"
"""Key of the body of a back-fill's event: comments from then on (Unix ms) may have been missed."""
MISSED: Final = "missedComments"
"""Kind of the event of a back-fill for a task of which only comments may have been missed; no
automation listens for it, but for the events of the comments."""
_REPLIES: Final = "reply_count"

_log = logs.get()


class MissedComments:
    """`events` reads what was missed; `me` gives the bot's user."""

    def __init__(
        self, comments: Comments, journal: Journal, inbox: Inbox, me: Callable[[], int]
    ) -> None:
        self._comments, self._journal, self._inbox, self._me = comments, journal, inbox, me

    def events(self, look: Event) -> list[Event]:
        """For the event of a back-fill that asks for them: an event for each comment of people on
        its task that may have been missed, oldest first. A call for each 25.

        Raises:
            ClickUpMlopsError: ClickUp does not answer now, or the task is gone.
        """
        task_id, since_ms = look.task_id or "", look.raw[SINCE]
        try:
            comments = [*self._since(task_id, since_ms)]
        except (*OPEN, Unauthorized, NotFound):
            raise
        except ClickUpMlopsError as problem:
            _log.warning("comments_not_read", task=task_id, problem=str(problem))
            return []
        reported_ids = set(self._reported(task_id, since_ms))
        return [
            _event(look, comment)
            for comment in reversed(comments)
            if comment.id not in reported_ids
        ]

    def _since(self, task_id: str, since_ms: int) -> Iterator[Comment]:
        newest_first = self._comments.of_task(task_id)
        for comment in takewhile(lambda comment: comment.date_ms >= since_ms, newest_first):
            is_of_person = comment.user is not None and not is_signed(comment.text)
            if is_of_person and not self._is_ours(comment):
                yield comment

    def _is_ours(self, comment: Comment) -> bool:
        by_us = comment.user is not None and comment.user.id == self._me()
        return by_us and self._journal.has_receipt(comment.id)

    def _reported(self, task_id: str, since_ms: int) -> Iterator[str]:
        """The ids of the comments whose events came."""
        for row in self._inbox.reported([task_id], since_ms - SLACK_MS):
            for item in webhook.parse(row.body).items if row.kind == POSTED else ():
                yield str(item.after)

    def is_answered(self, item: HistoryItem) -> bool:
        """Whether the bot has answered the comment without its journal knowing of it: a backup was
        restored. A call if anybody has replied.
        """
        comment = item.raw[COMMENT]
        if not comment[_REPLIES]:
            return False
        ours = (
            reply
            for reply in self._comments.replies(comment["id"])
            if reply.user is not None and reply.user.id == self._me()
        )
        return any(not self._journal.has_receipt(reply.id) for reply in ours)


def may_be_in(event: Event) -> bool:
    """Whether it may stand for comments, too."""
    return event.webhook_id == BACKFILL and isinstance(event.raw.get(SINCE), int)


def _event(look: Event, comment: Comment) -> Event:
    """As a delivery would have it, as far as ClickUp shows it."""
    user = comment.user
    fields = {"id": comment.id, "text_content": comment.text, "comment": [*comment.blocks]}
    raw: Mapping[str, Any] = {
        "user": {"id": user.id, "username": user.username} if user else None,
        "field": COMMENT,
        "date": str(comment.date_ms),
        "before": None,
        "after": comment.id,
        COMMENT: fields | {_REPLIES: comment.reply_count},
    }
    item = HistoryItem(
        id="",
        field=COMMENT,
        date_ms=comment.date_ms,
        user_id=user.id if user else None,
        list_id=None,
        before=None,
        after=comment.id,
        raw=raw,
    )
    body = {"event": POSTED, "task_id": look.task_id, "webhook_id": BACKFILL}
    return replace(
        look,
        key=f"derived:{POSTED}:{comment.id}:{comment.date_ms}",
        kind=POSTED,
        items=(item,),
        date_ms=comment.date_ms,
        raw={**body, "history_items": [raw]},
    )
