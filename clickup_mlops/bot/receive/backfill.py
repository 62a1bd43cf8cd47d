"""Finds changes whose event never arrived, by what ClickUp says was updated since we last looked.

Oldest first; stored in the inbox like any event; none twice: what the inbox or a write of the bot
explains is left out. Times only hint at that: what a task shows is compared with what is known of
it. What exactly has changed is derived when its lane is handled (`handling.derived`). The position
moves on only after a page is stored, so a crash repeats, never skips.

A change may hide a comment before it. So each event says since when comments may have been missed,
and whoever handles it reads them. That position moves on only when a whole look is done. The first
look after an interruption, and one that finds a lost event, trust no event that came since: a
change before it may be missing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from clickup_mlops import logs
from clickup_mlops.automations.events import BACKFILL
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.context.missed_comments import MISSED, SINCE
from clickup_mlops.bot.handle.derived.derivation import Derivation, Read
from clickup_mlops.bot.handle.derived.differences import LastState
from clickup_mlops.bot.handle.derived.lost_events import FIRST, NEW
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.read.changed_tasks import changed_tasks
from clickup_mlops.bot.receive.ranking import RankTask
from clickup_mlops.clickup.client.resources.tasks import Tasks
from clickup_mlops.clickup.model import Task
from clickup_mlops.clickup.webhook import SLACK_MS
from clickup_mlops.json_types import Json
from clickup_mlops.store import Incoming, Store

LATE_MS: Final = 60_000
"""A change that old whose event has not come was lost; a newer one may be on its way."""
_BY_LOOK: Final = ":look"
"""An interruption that a look itself has noticed ends like this, and with the look."""

_log = logs.get()


@dataclass(frozen=True, slots=True)
class Look:
    """When a look read a page, since when it may find what is new, and since when comments may
    have been missed (Unix ms).
    """

    read: Read
    since_ms: int
    comments_ms: int
    trusted: int | None
    """The number of the last event after which some may be missing; None: none is."""


class Backfill:
    """`run` stores what was missed; `list_id` or `space_id` narrow it to where the hook listens.

    `on_missed` gets the tasks whose changes were missed, before they are evaluated. `rank` says how
    soon what was missed of a task is handled.
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
        derivation: Derivation,
        on_missed: Callable[[list[Task]], None],
        rank: RankTask,
    ) -> None:
        self._tasks, self._store, self._clock = tasks, store, clock
        self._inbox, self._derivation = inbox, derivation
        self._on_missed, self._rank = on_missed, rank
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
        self._derivation.begin()
        comments_ms, last_ms = self._comments_since(), self._since()
        since_ms = last_ms if since_ms is None else min(since_ms, last_ms)
        lanes: list[str] = []
        newest_ms, interruption = 0, self._store.cursors.get(self._interruption)
        at_ms, newest_event = self._clock(), self._store.waiting.newest()
        trusted = self._trusted()
        for page in self._pages(since_ms):
            look = Look(Read(at_ms, self._clock()), last_ms, comments_ms, trusted)
            page_lanes, trusted = self._keep(page, look)
            lanes += page_lanes
            newest_ms, at_ms = page[-1].updated_ms, self._clock()
            self._store.cursors.set(self.cursor, str(newest_ms))
        self._store.cursors.set(self._seen_cursor, str(newest_event))
        if newest_ms - self._overlap_ms > comments_ms:
            self._store.cursors.set(self._comments, str(newest_ms))
        now = self._store.cursors.get(self._interruption)
        if now and (now == interruption or now.endswith(_BY_LOOK)):
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

    def _keep(self, page: list[Task], look: Look) -> tuple[list[str], int | None]:
        """The lanes that got something to do, and which events the next page may trust."""
        ids = [task.id for task in page]
        newest, states = self._store.waiting.newest_ms(ids), self._derivation.read_known(ids)
        differ = self._derivation.differences(page, states)
        updated = _newer(page, newest)
        missed = [
            task
            for task in page
            if task.id in differ
            or (task in updated and not self._is_explained(task, newest, states))
        ]
        # From before the call: what was written meanwhile is newer than what the page shows.
        begin_ms = look.read.begin_ms
        self._store.mirror.put_many(self._workspace, [task.raw for task in page], begin_ms)
        self._on_missed(missed)
        trusted = self._still_trusted([task for task in missed if task.id in states], look)
        # While all goes well, a change that its task dates a little later is no second one.
        slack_ms = SLACK_MS if trusted is None else 0
        may_hide = _commented(updated, newest, look.comments_ms, slack_ms)
        first = {task.id for task in missed if task.id not in states and task.id not in newest}
        events = [self._change(task, look, task in may_hide, task.id in first) for task in missed]
        events += [self._comments_of(task, look) for task in may_hide if task not in missed]
        if trusted is not None:
            unchanged = [task for task in page if task not in updated]
            events += self._doubtful(unchanged, trusted, look)
        self._inbox.put_many(events)
        self._remember([task for task in page if task not in missed], states, look)
        return [event.lane for event in events], trusted

    def _still_trusted(self, missed: Iterable[Task], look: Look) -> int | None:
        """Where an event of a task that is known was lost, others may have been, be they older than
        one of their task that came since the last look. What is new may be from somewhere else.
        """
        since_ms = look.read.begin_ms - LATE_MS
        if not any(task.updated_ms < since_ms for task in missed):
            return look.trusted
        until = int(self._store.cursors.get(self._seen_cursor) or 0)
        if look.trusted is not None and look.trusted <= until:
            return look.trusted
        self._store.cursors.set(self._interruption, f"{until}{_BY_LOOK}")
        return until

    def _is_explained(
        self, task: Task, newest: Mapping[str, int], states: Mapping[str, LastState]
    ) -> bool:
        """Whether the last event, or a write of the bot, is as new as the task, which shows nothing
        else.
        """
        if task.id not in states:
            return False
        if newest.get(task.id, -1) + SLACK_MS >= task.updated_ms:
            return True
        return self._store.journal.wrote_at(task.id, task.updated_ms)

    def _remember(
        self, explained: Iterable[Task], states: Mapping[str, LastState], look: Look
    ) -> None:
        """It is known from now on: events and writes are not kept for ever."""
        stale = [
            task
            for task in explained
            if task.id not in states or task.updated_ms > states[task.id].updated_ms
        ]
        self._derivation.remember(stale, look.read)

    def _doubtful(self, page: list[Task], trusted: int, look: Look) -> Iterator[Incoming]:
        """For those whose change came after the interruption, and may hide a comment before it."""
        newest_ms = self._store.waiting.newest_ms([task.id for task in page], until=trusted)
        for task in _commented(page, newest_ms, look.comments_ms, 0):
            yield self._comments_of(task, look)

    def _comments_of(self, task: Task, look: Look) -> Incoming:
        return self._event(MISSED, task, {SINCE: look.comments_ms})

    def _change(self, task: Task, look: Look, commented: bool, first: bool) -> Incoming:
        more: dict[str, Json] = {SINCE: look.comments_ms} if commented else {}
        if first:
            # One that is older than the last look was created before the bot could see it.
            more |= {FIRST: True, NEW: task.created_ms >= look.since_ms}
        return self._event(BACKFILL, task, more)

    def _event(self, kind: str, task: Task, more: Mapping[str, Json]) -> Incoming:
        body = {"event": kind, "task_id": task.id, "webhook_id": BACKFILL, **more}
        return self._inbox.event(
            f"{kind}:{task.id}:{task.updated_ms}",
            kind,
            source=BACKFILL,
            lane=task.id,
            body=orjson.dumps(body),
            list_id=task.list_id,
            event_ms=task.updated_ms,
            rank=self._rank(task.id, task.list_id),
        )

    @property
    def cursor(self) -> str:
        """Name of the position in the store."""
        return f"{BACKFILL}:{self._workspace}"

    @property
    def _seen_cursor(self) -> str:
        return f"seen:{self._workspace}"

    @property
    def _comments(self) -> str:
        return f"comments:{self._workspace}"

    @property
    def _interruption(self) -> str:
        return f"interruption:{self._workspace}"


def _newer(page: list[Task], newest_ms: Mapping[str, int]) -> list[Task]:
    return [task for task in page if newest_ms.get(task.id, -1) < task.updated_ms]


def _commented(
    page: list[Task], newest_ms: Mapping[str, int], since_ms: int, slack_ms: int
) -> list[Task]:
    """Those that may have a comment which none of the events knows that came until `known`."""
    return [
        task
        for task in page
        if task.updated_ms >= max(since_ms, task.created_ms + SLACK_MS)
        and task.updated_ms > newest_ms.get(task.id, -1) + slack_ms
    ]
