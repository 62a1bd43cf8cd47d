"""Reads tasks at the lowest price in calls.

In order: the mirror, when it shows the change that the event reports; one page of the list, when
several of its tasks wait, because a page serves up to 100 of them; else the single task. While
calls are scarce and changes of a list come in quick succession, reading is held back a little
(`Pace`), so that the next page serves more.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.clickup.client.resources.tasks import PAGE_SIZE as PAGE
from clickup_mlops.clickup.client.resources.tasks import Tasks
from clickup_mlops.clickup.model import Task
from clickup_mlops.clickup.webhook import SLACK_MS
from clickup_mlops.errors import NotFound
from clickup_mlops.store.inbox_rows import Mirrored
from clickup_mlops.store.queries.waiting import Waiting
from clickup_mlops.store.tables.mirror import Mirror

_WORTH_A_PAGE: Final = 3
_MOST_PAGES: Final = 3
_WINDOW_MS: Final = 1_000
_QUIET: Final = 4
"""Changes of one list within a second that are still handled at once."""
_WAIT_MS: Final = 40
"""Wait for each change a second: 50 a second fill a page in the 2 s that they wait."""
_PATIENCE_S: Final = 1.0
"""So long a lane waits, and keeps its worker, for another one that reads its list."""
_MEANWHILE_MS: Final = 1_000
"""So much later it comes back after that."""


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """A task that shows at least a change at `changed_ms` (ClickUp's clock).

    Event `number` of the inbox reported it, and was received at `received_ms` (our clock).
    `mirrored`: what the mirror shows of it; None: not known.
    """

    task_id: str
    list_id: str | None
    changed_ms: int | None
    received_ms: int
    number: int
    mirrored: Mirrored | None = None

    def is_shown(self, updated_ms: int | None, event_number: int | None) -> bool:
        """Whether a task with these times shows the change."""
        if updated_ms is None or event_number is None:
            return False
        # Never by two clocks: ClickUp's times are compared with each other, our numbers likewise.
        shows_it = self.changed_ms is not None and updated_ms >= self.changed_ms
        return shows_it or event_number >= self.number

    @property
    def is_single(self) -> bool:
        """Whether the mirror does not show it, and nobody in its List would be served with it."""
        if self.mirrored is None or self.list_id is None:
            return False
        updated_ms, event_number, is_alone = self.mirrored
        return is_alone and not self.is_shown(updated_ms, event_number)


class TaskReader(Protocol):
    """Where handling gets tasks from: a `Reader`, or the tasks of a simulation."""

    longest_wait_ms: int

    def read(self, request: TaskRequest) -> Task:
        """The task, new enough for the request. Raises NotFound, Postponed."""

    def read_now(self, task_id: str) -> Task:
        """The task as it is now. Raises NotFound."""

    def read_children(self, task_id: str) -> None:
        """Have the mirror know all subtasks of the task."""


class Pace:
    """When one list may be read: at once while it is quiet, together in a burst.

    The busier the list, the longer it pays to wait, until a page is full. Measured by the changes
    that need a read, at the times when they were received (our clock).

    `lock` is the one that is held during calls to ClickUp: one read serves all who wait for it.
    Nobody is left waiting: it is the first lock that a thread takes, no second `Pace` is taken with
    it, and who does not get it soon gives its worker back.
    """

    def __init__(self, longest_ms: int) -> None:
        self.longest_ms, self.lock = longest_ms, threading.Lock()
        self.more = False  # the last page did not show all that had changed
        self.pages = 0  # that were read
        self._received: dict[str, int] = {}
        self._until_ms = 0

    def add(self, task_id: str, received_ms: int) -> None:
        """A change that needs a read. The same one may be added again."""
        self._received[task_id] = received_ms

    def wait_until(self, now_ms: int, waiting: int) -> int:
        """When the list may be read; not after `now_ms`: at once."""
        return now_ms if waiting >= PAGE else self._until_ms

    def was_read(self, now_ms: int) -> None:
        """The next ones wait until several can be read together, if the List is busy."""
        received = self._received.items()
        self._received = {task: at_ms for task, at_ms in received if at_ms > now_ms - _WINDOW_MS}
        self._until_ms = now_ms + self._wait_ms()

    def _wait_ms(self) -> int:
        per_s = len(self._received)
        if per_s <= _QUIET:
            return 0
        worth_ms = 1_000 * _WORTH_A_PAGE // per_s  # until so many have come that a page saves calls
        wait_ms = max(worth_ms, min(_WAIT_MS * per_s, 1_000 * PAGE // per_s))
        longest_ms = min(self.longest_ms, wait_ms)
        return longest_ms if longest_ms >= worth_ms else 0


class Reader:
    """Tasks by id. Safe for many threads: one list is read by one of them at a time.

    `is_scarce`: whether calls are worth waiting for.
    """

    def __init__(
        self,
        tasks: Tasks,
        mirror: Mirror,
        waiting: Waiting,
        *,
        workspace: str,
        clock: Clock,
        longest_wait_ms: int,
        is_scarce: Callable[[], bool],
    ) -> None:
        self._tasks, self._mirror, self._waiting = tasks, mirror, waiting
        self._workspace, self._clock = workspace, clock
        self.longest_wait_ms, self._is_scarce = longest_wait_ms, is_scarce
        self._paces: dict[str, Pace] = {}
        self._lock = threading.Lock()

    def read(self, request: TaskRequest) -> Task:
        """The task, new enough for the request.

        Raises:
            NotFound: it does not exist any more.
            Postponed: its list is busy, or being read; waiting a little saves calls.
        """
        if request.is_single and not self._is_scarce():
            # Whoever holds the lane has the task: the mirror gets it with the thread's next write.
            return self._read_one(request.task_id, request.number, wait=False)
        if request.list_id is None:
            return self._read_mirrored(request) or self.read_now(request.task_id)
        pace = self._pace(request.list_id)
        pages = pace.pages
        if mirrored := self._read_mirrored(request):
            return mirrored
        if not pace.lock.acquire(timeout=_PATIENCE_S):
            raise Postponed(self._clock() + _MEANWHILE_MS)
        try:
            if pace.pages != pages and (mirrored := self._read_mirrored(request)):
                return mirrored
            return self._read(request, request.list_id, pace)
        finally:
            pace.lock.release()

    def read_now(self, task_id: str) -> Task:
        """The task as it is now: one call. Raises NotFound."""
        return self._read_one(task_id, self._waiting.newest(), wait=True)

    def _read_one(self, task_id: str, newest_row: int, *, wait: bool) -> Task:
        now = self._clock()
        task = self._tasks.get(task_id)
        self._mirror.put_many(self._workspace, [task.raw], now, event_number=newest_row, wait=wait)
        return task

    def read_children(self, task_id: str) -> None:
        """Have the mirror know all subtasks of the task: a call for each 100."""
        now, newest_row = self._clock(), self._waiting.newest()
        children = self._tasks.in_workspace(self._workspace, parent_id=task_id)
        self._mirror.put_many(
            self._workspace, [task.raw for task in children], now, event_number=newest_row
        )

    def _read_mirrored(self, request: TaskRequest) -> Task | None:
        row = self._mirror.get(request.task_id)
        is_shown = row is not None and request.is_shown(row.updated_ms, row.event_number)
        return Task.parse(row.raw) if row and is_shown else None

    def _read(self, request: TaskRequest, list_id: str, pace: Pace) -> Task:
        backlog = self._waiting.in_list(list_id)
        self._keep_pace(pace, request, backlog.lanes)
        task = None
        if backlog.oldest_ms is not None and (backlog.lanes >= _WORTH_A_PAGE or pace.more):
            # A List that is gone says nothing about the task: it may have moved.
            with suppress(NotFound):
                task = self._from_pages(request, list_id, backlog.oldest_ms - SLACK_MS, pace)
        return task or self._read_one(request.task_id, request.number, wait=False)

    def _keep_pace(self, pace: Pace, request: TaskRequest, lanes: int) -> None:
        now = self._clock()
        pace.add(request.task_id, request.received_ms)
        until = pace.wait_until(now, lanes)
        if until > now and self.longest_wait_ms and self._is_scarce():
            raise Postponed(until)
        pace.was_read(now)

    def _from_pages(
        self, request: TaskRequest, list_id: str, after_ms: int, pace: Pace
    ) -> Task | None:
        """Oldest change first, because the oldest lanes are handled first."""
        for number in range(_MOST_PAGES):
            now, newest_row = self._clock(), self._waiting.newest()
            tasks, last = self._tasks.page(
                list_id,
                number,
                updated_after_ms=after_ms,
                include_closed=True,
                subtasks=True,
                order_by="updated",
                reverse=True,
            )
            self._mirror.put_many(
                self._workspace, [task.raw for task in tasks], now, event_number=newest_row
            )
            pace.more, pace.pages = not last, pace.pages + 1
            if (mirrored := self._read_mirrored(request)) or last or _is_past(request, tasks):
                return mirrored
        return None

    def _pace(self, list_id: str) -> Pace:
        with self._lock:
            return self._paces.setdefault(list_id, Pace(self.longest_wait_ms))


def _is_past(request: TaskRequest, page: Sequence[Task]) -> bool:
    """Further pages, of later changes, will not show it."""
    return request.changed_ms is not None and page[-1].updated_ms > request.changed_ms
