"""Comments whose event never came: read once for each change that a back-fill found.

ClickUp gives up a delivery after five tries. What it shows of a comment afterwards is its text, its
author and its time, but not the id of its event: what was answered is known by the comment's id.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Final

from clickup_mlops import logs
from clickup_mlops.automations.effects.comment import is_signed
from clickup_mlops.automations.events import BACKFILL
from clickup_mlops.automations.occurrence import COMMENT
from clickup_mlops.automations.perform import OPEN
from clickup_mlops.clickup.client.resources.comments import Comments
from clickup_mlops.clickup.content import Comment
from clickup_mlops.clickup.model import Event, HistoryItem, Person
from clickup_mlops.errors import ClickUpMlopsError, NotFound, Unauthorized
from clickup_mlops.json_types import JsonObject
from clickup_mlops.store.tables.journal import Journal

SINCE: Final = "comments_since_ms"
"""Key of the body of a back-fill's event: comments from then on (Unix ms) may have been missed."""
MISSED: Final = "missedComments"
"""Kind of the event of a back-fill for a task of which only comments may have been missed; no
automation listens for it."""
_REPLIES: Final = "reply_count"

_log = logs.get()


class MissedComments:
    """`read` completes the event of a back-fill; `me` gives the bot's user."""

    def __init__(self, comments: Comments, journal: Journal, me: Callable[[], int]) -> None:
        self._comments, self._journal, self._me = comments, journal, me

    def read(self, event: Event) -> Event:
        """The event with an item for each comment on its task that may have been missed. A call for
        each 25; none if it is not the event of a back-fill that asks for them.

        Raises:
            ClickUpMlopsError: ClickUp does not answer now, or the task is gone.
        """
        if not may_be_in(event):
            return event
        try:
            return replace(event, items=tuple(self._items(event)))
        except (*OPEN, Unauthorized, NotFound):
            raise
        except ClickUpMlopsError as problem:
            _log.warning("comments_not_read", task=event.task_id, problem=str(problem))
            return event

    def _items(self, event: Event) -> Iterator[HistoryItem]:
        since_ms = event.raw[SINCE]
        found = self._comments.of_task(event.task_id or "")  # newest first
        for one in takewhile(lambda one: one.date_ms >= since_ms, found):
            if one.user is not None and not is_signed(one.text):
                yield _item(one, one.user)

    def is_answered(self, item: HistoryItem) -> bool:
        """Whether the bot has answered the comment without its journal knowing of it: a backup was
        restored. A call if anybody has replied.
        """
        comment = item.raw[COMMENT]
        if not comment[_REPLIES]:
            return False
        ours = (
            one
            for one in self._comments.replies(comment["id"])
            if one.user is not None and one.user.id == self._me()
        )
        return any(not self._journal.has_receipt(one.id) for one in ours)


def may_be_in(event: Event) -> bool:
    """Whether it may stand for comments, too."""
    return event.webhook_id == BACKFILL and isinstance(event.raw.get(SINCE), int)


def _item(one: Comment, user: Person) -> HistoryItem:
    """As a delivery would have it, as far as ClickUp shows it."""
    raw: JsonObject = {
        "user": {"id": user.id, "username": user.username},
        COMMENT: {"id": one.id, "text_content": one.text, _REPLIES: one.reply_count},
    }
    return HistoryItem(
        id="",
        field=COMMENT,
        date_ms=one.date_ms,
        user_id=user.id,
        list_id=None,
        before=None,
        after=one.id,
        raw=raw,
    )
