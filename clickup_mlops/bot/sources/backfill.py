"""Finds changes whose event never arrived, by what ClickUp says was updated since we last looked.

Oldest first; stored in the inbox like any event; none twice: a change that the inbox knows of is
left out. The position moves on only after a page is stored, so a crash repeats, never skips.

A change may hide a comment before it. So each event says since when comments may have been missed,
and whoever handles it reads them. That position moves on only when a whole look is done. The first
look after an interruption trusts no event that came since: a change before it may be missing.
"""

from collections.abc import Callable, Iterator, Mapping

import orjson

from clickup_mlops import logs
from clickup_mlops.automations.events import BACKFILL
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handling.context.changed_tasks import changed_tasks
from clickup_mlops.bot.handling.context.missed_comments import MISSED, SINCE
from clickup_mlops.bot.handling.context.reader import SLACK_MS
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.clickup.client.resources.tasks import Tasks
from clickup_mlops.clickup.model import Task
from clickup_mlops.json_types import Json
from clickup_mlops.store import Incoming, Store

_log = logs.get()


class Backfill:
    """`run` stores what was missed; `list_id` or `space_id` narrow it to where the hook listens.

    `on_missed` gets the tasks whose changes were missed, before they are evaluated.
    """

    def __init__(
        self,
        tasks: Tasks,
        store: Store,
        *,
        workspace: str,
        space_id: str = "",
        list_id: str = "",
        overlap_ms: int,
        clock: Clock,
        inbox: InboxWriter,
        on_missed: Callable[[list[Task]], None],
    ) -> None:
        self._tasks, self._store, self._clock = tasks, store, clock
        self._inbox, self._on_missed = inbox, on_missed
        self._workspace, self._overlap_ms = workspace, overlap_ms
        self._lists = (list_id,) if list_id else ()
        self._spaces = (space_id,) if space_id and not list_id else ()
        self.interrupted()

    def interrupted(self) -> None:
        """Events come from now on; some before may be missing, whatever comes. This holds until a
        whole look was made, also if the bot dies before.
        """
        trusted = self._trusted()
        until = self._store.waiting.newest() if trusted is None else trusted
        self._store.cursors.set(self._interruption, f"{until or 0}:{self._clock()}")

    def run(self, since_ms: int | None = None) -> tuple[str, ...]:
        """Look from where the last look ended (or `since_ms`, if that is earlier); the lanes that
        got something to do.

        The very first look only remembers the time: what is older was never missed.
        """
        comments_ms, last_ms = self._comments_since(), self._since()
        since_ms = last_ms if since_ms is None else min(since_ms, last_ms)
        lanes: list[str] = []
        newest_ms, interruption = 0, self._store.cursors.get(self._interruption)
        for page in self._pages(since_ms):
            lanes += self._keep(page, comments_ms)
            newest_ms = page[-1].updated_ms
            self._store.cursors.set(self.cursor, str(newest_ms))
        if newest_ms - self._overlap_ms > comments_ms:
            self._store.cursors.set(self._comments, str(newest_ms))
        if interruption and self._store.cursors.get(self._interruption) == interruption:
            self._store.cursors.set(self._interruption, "")
        if lanes:
            _log.info("backfilled", tasks=len(lanes), since_ms=since_ms)
        return tuple(lanes)

    def _since(self) -> int:
        position = self._store.cursors.get(self.cursor)
        if position is None:
            position = str(self._clock())
            self._store.cursors.set(self.cursor, position)
        return max(0, int(position) - self._overlap_ms)

    def _trusted(self) -> int | None:
        """The number of the last event before an interruption; None: all can be trusted."""
        until, _, _at = (self._store.cursors.get(self._interruption) or "").partition(":")
        return int(until) if until else None

    def _comments_since(self) -> int:
        """Comments from then on may have been missed; never older than the very first look."""
        position = self._store.cursors.get(self._comments)
        if position is None:
            position = self._store.cursors.get(self.cursor)
            position = position or str(self._clock() + self._overlap_ms)
            self._store.cursors.set(self._comments, position)
        return max(0, int(position) - self._overlap_ms)

    def _pages(self, after_ms: int) -> Iterator[list[Task]]:
        return changed_tasks(
            self._tasks, self._workspace, after_ms, list_ids=self._lists, space_ids=self._spaces
        )

    def _keep(self, page: list[Task], comments_ms: int) -> list[str]:
        known = self._store.waiting.newest_ms([task.id for task in page])
        missed, now, trusted = _newer(page, known), self._clock(), self._trusted()
        self._store.mirror.put_many(self._workspace, [task.raw for task in page], now)
        self._on_missed(missed)
        # While all goes well, a change that its task dates a little later is no second one.
        slack_ms = SLACK_MS if trusted is None else 0
        may_hide = _commented(missed, known, comments_ms, slack_ms)
        events = [
            self._event(BACKFILL, task, comments_ms if task in may_hide else None)
            for task in missed
        ]
        if trusted is not None:
            others = [task for task in page if task not in missed]
            events += self._doubtful(others, trusted, comments_ms)
        self._inbox.put_many(events)
        return [event.lane for event in events]

    def _doubtful(self, page: list[Task], trusted: int, comments_ms: int) -> Iterator[Incoming]:
        """For those whose change came after the interruption, and may hide a comment before it."""
        known = self._store.waiting.newest_ms([task.id for task in page], until=trusted)
        for task in _commented(page, known, comments_ms, 0):
            yield self._event(MISSED, task, comments_ms)

    def _event(self, kind: str, task: Task, comments_ms: int | None) -> Incoming:
        body: dict[str, Json] = {"event": kind, "task_id": task.id, "webhook_id": BACKFILL}
        if comments_ms is not None:
            body[SINCE] = comments_ms
        return self._inbox.event(
            f"{kind}:{task.id}:{task.updated_ms}",
            kind,
            source=BACKFILL,
            lane=task.id,
            body=orjson.dumps(body),
            list_id=task.list_id,
            event_ms=task.updated_ms,
        )

    @property
    def cursor(self) -> str:
        """Name of the position in the store."""
        return f"{BACKFILL}:{self._workspace}"

    @property
    def _comments(self) -> str:
        return f"comments:{self._workspace}"

    @property
    def _interruption(self) -> str:
        return f"interruption:{self._workspace}"


def _newer(page: list[Task], known: Mapping[str, int]) -> list[Task]:
    return [task for task in page if known.get(task.id, -1) < task.updated_ms]


def _commented(
    page: list[Task], known: Mapping[str, int], since_ms: int, slack_ms: int
) -> list[Task]:
    """Those that may have a comment which none of the events knows that came until `known`."""
    return [
        task
        for task in page
        if task.updated_ms >= max(since_ms, task.created_ms + SLACK_MS)
        and task.updated_ms > known.get(task.id, -1) + slack_ms
    ]
