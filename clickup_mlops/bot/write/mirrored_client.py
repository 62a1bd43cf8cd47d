"""The ClickUp client and the journal as the automations get them.

What a write answers is kept in the mirror. That, and how the write ended, goes on disk together
with the end of the events that asked for it: if it is lost in a crash, the task is read again.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from clickup_mlops.automations.effect_client import FindService
from clickup_mlops.automations.model import Change
from clickup_mlops.automations.perform import ExecutorContext
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.lanes.worker import HOLDER
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.client.base import Api
from clickup_mlops.clickup.client.resources.tasks import Tasks
from clickup_mlops.clickup.model import Task
from clickup_mlops.json_types import JsonObject
from clickup_mlops.store import Journal, Store
from clickup_mlops.store.journal_rows import Write


class MirroredTasks(Tasks):
    """The client's tasks; `get` and `update` also mirror the task that ClickUp answers with."""

    def __init__(self, api: Api, store: Store, workspace: str, clock: Clock) -> None:
        super().__init__(api)
        self._store, self._workspace, self._clock = store, workspace, clock

    def get(self, task_id: str, **options: Any) -> Task:
        """One call."""
        return self._mirrored(partial(super().get, task_id, **options))

    def update(self, task_id: str, **changes: Any) -> Task:
        """One call. The answer shows our own change, so that its echo needs no reading."""
        return self._mirrored(partial(super().update, task_id, **changes))

    def _mirrored(self, call: Callable[[], Task]) -> Task:
        now, task = self._clock(), call()
        # Its time of change says what it includes.
        self._store.mirror.put_many(self._workspace, [task.raw], now, wait=False)
        return task


class MirroredClickUp:
    """The `EffectClient` of a running bot: the client with mirrored tasks, and what the bot itself
    keeps.
    """

    def __init__(
        self,
        client: ClickUp,
        store: Store,
        workspace: str,
        clock: Clock,
        service: FindService,
    ) -> None:
        self.workspace_id, self.overrides = workspace, store.overrides
        self.mutes = store.mutes
        self.attachments = client.attachments
        self.tasks = MirroredTasks(client.api, store, workspace, clock)
        self.lists, self.fields, self.tags = client.lists, client.fields, client.tags
        self.comments, self.relations = client.comments, client.relations
        self.checklists, self.docs, self.chat = client.checklists, client.docs, client.chat
        self.service = service


class LaneJournal:
    """The journal for writes of a lane: each is on disk before it is tried, and only who holds the
    lane tries it. A worker that was thought dead and wakes up again raises LeaseLost.

    `wait`: how a write ended is on disk at once, and not with the thread's next write.
    """

    def __init__(self, journal: Journal, *, wait: bool = False) -> None:
        self._journal, self._wait = journal, wait

    def begin(self, write: Write, now_ms: int) -> int:
        """Note a write that is about to be tried."""
        return self._journal.begin(write, now_ms, holder=HOLDER.get())

    def begin_under(self, write: Write, cap: int, now_ms: int) -> int | None:
        """The same, unless the automation's cap is reached."""
        return self._journal.begin_under(write, cap, now_ms, holder=HOLDER.get())

    def finish(
        self,
        row_id: int,
        outcome: str,
        now_ms: int,
        *,
        receipt: Any = None,
        calls: Sequence[str] = (),
    ) -> None:
        """Note how it ended."""
        self._journal.finish(row_id, outcome, now_ms, receipt=receipt, calls=calls, wait=self._wait)


def show(
    written_changes: Iterable[tuple[str, Change]], store: Store, context: ExecutorContext
) -> None:
    """What was written on which tasks shows in the mirror before any answer or echo shows them
    anew; unless the answers to all writes did that.
    """
    changes: dict[str, list[Change]] = {}
    for task_id, change in written_changes:
        changes.setdefault(task_id, []).append(change)
    stale = [
        task_id
        for task_id, task_changes in changes.items()
        if not _are_mirrored(task_changes, context)
    ]
    rows = store.mirror.get_many(stale) if stale else {}
    for task_id, row in rows.items():
        raw: JsonObject = row.raw
        for change in changes[task_id]:
            raw = context.effects[change.effect].patch(raw, change)
        if raw != row.raw:
            # As of now: a page that was asked for before the write must not hide it again.
            where, at_ms = context.clickup.workspace_id, context.clock()
            store.mirror.put_many(where, [raw], at_ms, event_number=row.event_number, wait=False)


def _are_mirrored(changes: Iterable[Change], context: ExecutorContext) -> bool:
    return all(context.effects[change.effect].mirrored for change in changes)
