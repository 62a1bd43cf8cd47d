"""Whose priority is it that a task has when the bot first sees it? A person's, unless a tool made
the task: then nobody chose it.

ClickUp says who created a task, but neither who gave it its priority nor, reliably, how it was
made. So a tool is one that the bot itself is (an automation, provisioning), that the policy lists
(`importers`), or that makes many alike at once (`import_size`). An automation can say that the
priority holds for a while (`keep`), because an alert is critical for example.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from clickup_mlops import logs
from clickup_mlops.automations.occurrence import CREATED
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.bot.handle.alerts import ends_with
from clickup_mlops.bot.handle.context.routing_context import for_routing
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.routing.overrides import is_importer, is_winning
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import Store
from clickup_mlops.store.journal_rows import JournalRow
from clickup_mlops.store.tables.overrides import CREATION, EXISTING, Origin, Override

PRIORITY: Final = "priority"
SINCE: Final = "since"
"""Scope of the notes about when the bot came, and when it first wrote."""
_CAME, _WROTE = "came", "wrote"
_MAKES_TASKS: Final = "task:"

_log = logs.get()


class InitialPriorities:
    """Keeps such priorities like a person's choice, as the policy says."""

    def __init__(
        self, store: Store, policy: Policy, clock: Clock, me: Callable[[], int | None]
    ) -> None:
        self._store, self._policy, self._clock, self._me = store, policy, clock, me

    def keep(self, task: Task, events: Iterable[Event]) -> bool:
        """For a task of which nothing is decided, written or kept: see `is_new`. False: there is
        nothing to keep.
        """
        if task.priority is None:
            return False
        now = self._clock()
        came_ms = read_arrival_ms(self._store, now)
        created = any(event.kind == CREATED for event in events)
        candidate = self.of(task, 0 if created else came_ms, now)
        makings = self._makings(task)
        if self._hold(task, makings) or self._has_been_chosen(task, makings):
            return True
        if candidate is None or makings or self._is_chosen_by_creator(task):
            return False
        override = self._store.overrides.put_first(candidate, self._policy.import_size)
        _log.debug("first_seen", task=task.id, priority=task.priority, origin=override.origin)
        return True

    def keep_new(self, tasks: Iterable[Task]) -> None:
        """For the new ones of the tasks, before they are evaluated: so an import is seen whole."""
        for task in tasks:
            if task.priority is not None and self.is_new(task.id):
                self.keep(task, ())

    def count_kept(self, task_ids: Iterable[str]) -> int:
        """How many of these tasks have a priority that wins over any lower one now."""
        now, ids = self._clock(), frozenset(task_ids)
        overrides = (
            for_routing(override)
            for override in self._store.overrides.list(now)
            if override.task_id in ids
        )
        return sum(
            override is not None and is_winning(override, None, self._policy, now)
            for override in overrides
        )

    def is_new(self, task_id: str) -> bool:
        """Whether nothing is known of its priority."""
        store = self._store
        return (
            store.overrides.get(task_id, self._clock()) is None
            and store.decisions.latest(task_id) is None
            and store.journal.latest(task_id, PRIORITY) is None
        )

    def of(self, task: Task, came_ms: int, now_ms: int) -> Override | None:
        """What would be kept of a new task, if it is no import. Writes nothing.

        What was created before `came_ms` was there before the bot.
        """
        policy = self._policy
        created = task.created_ms >= came_ms
        keep = policy.keep_created if created else policy.keep_existing
        is_open = self._store.mirror.is_open(task.raw)
        if task.priority is None or not is_open or keep == "never":
            return None
        if is_importer(task.creator, policy):
            return None
        creator = task.creator.id if task.creator else None
        origin: Origin = CREATION if created else EXISTING
        until_ms = now_ms + to_ms(policy.override_duration)
        return Override(task.id, task.priority, creator, now_ms, until_ms, origin, task.created_ms)

    def _makings(self, task: Task) -> list[JournalRow]:
        """The write of an automation that made it, or those that perhaps make it just now: its
        event may come before the answer to the call.
        """
        creation = self._store.journal.by_receipt(task.id)
        if creation is not None:
            return [creation]
        rows = self._store.journal.unfinished()
        making = [row for row in rows if row.kind.startswith(_MAKES_TASKS)]
        return making if making and self._is_by_me(task) else []

    def _is_chosen_by_creator(self, task: Task) -> bool:
        is_by_me = self._is_by_me(task)
        creators = self._store.task_creators
        return any(creator.chose_priority(task.id, is_by_me) for creator in creators)

    def _is_by_me(self, task: Task) -> bool:
        return task.creator is not None and task.creator.id == self._me()

    def _hold(self, task: Task, makings: Iterable[JournalRow]) -> bool:
        """Keep the priority that an automation made the task with, if it said for how long."""
        for row in makings:
            desired = row.after or {}  # nothing: its making was undone
            if desired.get("keep_ms") and desired.get("priority") == task.priority:
                since, until = task.created_ms, task.created_ms + desired["keep_ms"]
                is_over = ends_with(self._store, task.id, row)
                self._store.overrides.put(
                    task.id,
                    None if is_over else task.priority,
                    None,
                    since,
                    until,
                    set_by=row.automation,
                    because="the alert was resolved before" if is_over else "",
                )
                return True
        return False

    def _has_been_chosen(self, task: Task, makings: Sequence[JournalRow]) -> bool:
        """Keep a priority that an automation did not make the task with: somebody set it since."""
        if not makings or any(_may_have_given(row, task.priority) for row in makings):
            return False
        since = task.updated_ms or self._clock()
        until = since + to_ms(self._policy.override_duration)
        self._store.overrides.put(task.id, task.priority, None, since, until)
        return True


def _may_have_given(row: JournalRow, priority: int | None) -> bool:
    """Whether a write made a task with this priority; unknown of one whose making was undone."""
    return row.after is None or row.after.get("priority") == priority


def read_arrival_ms(store: Store, now_ms: int) -> int:
    """When the bot started first, or looked at a task: older tasks were there before it."""
    note = store.notes.get(SINCE, _CAME)
    if note is None:
        store.notes.first(SINCE, _CAME, True, now_ms)
        return now_ms
    return note.at_ms


def go_live(store: Store, policy: Policy, now_ms: int) -> None:
    """The bot starts and may write. The first time, the priorities that it only looked at in shadow
    mode are kept from now on.
    """
    if store.notes.first(SINCE, _WROTE, True, now_ms):
        until_ms = now_ms + to_ms(policy.override_duration)
        _log.info("go_live", kept=store.overrides.restart(now_ms, until_ms))
