"""Finds changes whose event never arrived, by what ClickUp says was updated since we last looked.

Oldest first; stored in the inbox like any event; none twice: a change that the inbox has heard of
is left out. The position moves on only after a page is stored, so a crash repeats, never skips.
"""

from collections.abc import Callable, Iterator

import orjson

from clickup_mlops import logs
from clickup_mlops.automations.events import BACKFILL
from clickup_mlops.bot.clock import Clock
from clickup_mlops.clickup.client.resources.tasks import PAGE_SIZE as PAGE
from clickup_mlops.clickup.client.resources.tasks import Tasks
from clickup_mlops.clickup.model import Task
from clickup_mlops.store import Incoming, Store

_log = logs.get()


class Backfill:
    """`run` stores what was missed; `list_id` or `space_id` narrow it to where the hook listens.

    `greet` gets the tasks that were missed, before anybody judges them.
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
        greet: Callable[[list[Task]], None],
    ) -> None:
        self._tasks, self._store, self._clock, self._greet = tasks, store, clock, greet
        self._workspace, self._overlap_ms = workspace, overlap_ms
        self._lists = (list_id,) if list_id else ()
        self._spaces = (space_id,) if space_id and not list_id else ()

    def run(self, since_ms: int | None = None) -> tuple[str, ...]:
        """Look from where the last look ended (or `since_ms`); the lanes that got something to do.

        The very first look only remembers the time: what is older was never missed.
        """
        if since_ms is None:
            since_ms = self._since()
        lanes: list[str] = []
        for page in self._pages(since_ms):
            lanes += self._keep(page)
            self._store.cursors.set(self.cursor, str(page[-1].updated_ms))
        if lanes:
            _log.info("backfilled", tasks=len(lanes), since_ms=since_ms)
        return tuple(lanes)

    def _since(self) -> int:
        position = self._store.cursors.get(self.cursor)
        if position is None:
            position = str(self._clock())
            self._store.cursors.set(self.cursor, position)
        return max(0, int(position) - self._overlap_ms)

    def _pages(self, after_ms: int) -> Iterator[list[Task]]:
        """Each page asks from the last task's time on.

        Not by page number: tasks that change while we read move to the end, and the tasks behind
        them would slip through to a page that was read already.
        """
        while page := self._page(after_ms):
            yield page
            # A page of one single time is all that was left, however long: see `_page`.
            if len(page) < PAGE or page[-1].updated_ms == page[0].updated_ms:
                return
            after_ms = page[-1].updated_ms - 1

    def _page(self, after_ms: int) -> list[Task]:
        page: list[Task] = []
        changed = self._tasks.in_workspace(
            self._workspace,
            list_ids=self._lists,
            space_ids=self._spaces,
            updated_after_ms=after_ms,
            include_closed=True,
            subtasks=True,
            order_by="updated",
            reverse=True,
        )
        for task in changed:
            page.append(task)
            # A whole page with one single time would come again for ever: then read on.
            if len(page) % PAGE == 0 and task.updated_ms > page[0].updated_ms:
                break
        return page

    def _keep(self, page: list[Task]) -> list[str]:
        heard = self._store.waiting.newest_ms([task.id for task in page])
        missed = [task for task in page if heard.get(task.id, -1) < task.updated_ms]
        now = self._clock()
        events = [self._event(task, now) for task in missed]
        self._store.mirror.put_many(self._workspace, [task.raw for task in page], now)
        self._greet(missed)
        self._store.inbox.put_many(events)
        return [task.id for task in missed]

    def _event(self, task: Task, now_ms: int) -> Incoming:
        body = {"event": BACKFILL, "task_id": task.id, "webhook_id": BACKFILL}
        return Incoming(
            key=f"{BACKFILL}:{task.id}:{task.updated_ms}",
            source=BACKFILL,
            workspace=self._workspace,
            kind=BACKFILL,
            lane=task.id,
            list_id=task.list_id,
            body=orjson.dumps(body),
            event_ms=task.updated_ms,
            received_ms=now_ms,
        )

    @property
    def cursor(self) -> str:
        """Name of the position in the store."""
        return f"{BACKFILL}:{self._workspace}"
