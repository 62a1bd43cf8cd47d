"""What an evaluation may ask beyond the task at hand, answered from the store where possible."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Final

from clickup_mlops.automations.conditions.lookups import Lookups
from clickup_mlops.automations.effects.hold import as_effect
from clickup_mlops.automations.events import DERIVED, OWN, SUBTASK, is_delayed
from clickup_mlops.automations.load import find_effects
from clickup_mlops.automations.model import Related, Target, Written
from clickup_mlops.automations.replaced import Replaced, find_hold_before, find_replaced
from clickup_mlops.automations.vocabulary import find_targets
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle import alerts
from clickup_mlops.bot.handle.context.bot_tags import BotTags
from clickup_mlops.bot.handle.context.routing_context import RoutingContext, for_routing
from clickup_mlops.bot.handle.derived.states import (
    find_over,
    is_same_value,
    reported,
    state_of,
)
from clickup_mlops.bot.handle.initial_priorities import read_arrival_ms
from clickup_mlops.bot.handle.task_notes import CHILDREN, STATUS, TaskNotes
from clickup_mlops.bot.handle.titles import Titles, refuse_too_many
from clickup_mlops.bot.internal_events import delay_lane
from clickup_mlops.bot.ports import ReadView
from clickup_mlops.bot.read.reader import TaskReader
from clickup_mlops.bot.write.executor import latch_name
from clickup_mlops.bot.write.resume_plan import HOLD, PRIORITY
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event, HistoryItem, Person, Task
from clickup_mlops.clickup.webhook import SLACK_MS
from clickup_mlops.errors import NotFound
from clickup_mlops.json_types import JsonObject
from clickup_mlops.routing.layers import Effective
from clickup_mlops.routing.overrides import is_importer, is_winning
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import InboxRow, Store
from clickup_mlops.store.journal_rows import ANY, JournalRow
from clickup_mlops.store.queries.task_memory import TaskMemory
from clickup_mlops.store.tables.inbox import DONE
from clickup_mlops.store.tables.notes import LATCH

MOST_RELATED: Final = 20
MOST_CHILDREN: Final = 100


class StoreLookups:
    """Reads only; a related task that is not mirrored costs one call."""

    def __init__(
        self,
        store: Store,
        reader: TaskReader,
        routing_context: RoutingContext,
        clock: Clock,
        overrides: Callable[[int], str],
        *,
        notes: TaskNotes,
        recent: Callable[[str, int | None], Sequence[InboxRow]],
        policy: Policy,
        policy_of: Callable[[Task], Effective],
        bot_tags: BotTags,
        views: Mapping[type[object], ReadView],
        me: Callable[[], int],
    ) -> None:
        self._views, self._me = views, me
        self._titles = Titles(store.mirror)
        self._store, self._reader, self._routing_context = store, reader, routing_context
        self._clock, self._overrides = clock, overrides
        self._recent, self._bot_tags = recent, bot_tags
        self._notes, self._policy, self._policy_of = notes, policy, policy_of

    def latest_write(self, task_id: str, kind: str) -> Written | None:
        """The bot's latest write of a kind on a task."""
        row = self._store.journal.latest_done(task_id, kind)
        return Written(row.after, row.receipt, row.begun_ms) if row else None

    def _is_importer(self, person: Person | None) -> bool:
        is_bot = person is not None and person.id == self._me()
        return is_bot or is_importer(person, self._policy)

    def muted(self, task_id: str) -> frozenset[str]:
        """The automations that leave the task alone now."""
        return frozenset(self._store.mutes.of(task_id, self._clock()))

    def latched(self, automations: Sequence[str], task_id: str) -> frozenset[str]:
        """Those of the automations that have acted on the task and wait for their `until`."""
        names = {latch_name(automation, task_id): automation for automation in automations}
        return frozenset(names[name] for name in self._store.notes.get_each(LATCH, names))

    def waits(self, automation: str, task_id: str) -> bool:
        """Whether the automation waits for the end of its `after` about the task."""
        return self._store.waiting.waits_until(delay_lane(automation, task_id)) is not None

    def for_task(self, task: Task, memory: TaskMemory | None = None) -> Lookups:
        """What variables may ask. `memory`: what is known of the task; None: the store is asked."""
        return Lookups(
            is_open=lambda other_task: self._store.mirror.is_open(other_task.raw),
            incidents=self._live_incidents,
            status_since_ms=lambda: self._status_since_ms(task),
            changed_ms=lambda: self._notes.last_change_ms(task),
            first_read_ms=lambda: self._store.mirror.first_ms(task.id),
            overrides=lambda: self._overrides(self._clock()),
            blocked_by_open=lambda: self._open(task.depends_on),
            blocked_inference=lambda: self._routing_context.blocked(task)[0],
            slos=lambda: self._policy_of(task).policy.slos,
            metrics=lambda: self._policy_of(task).metrics,
            open_tasks=self._open_tasks,
            open_titles=self._titles.read,
            turn=self._turn,
            history=lambda: [*map(_timed, self._recent(task.id, None))],
            person_chose=self._person_chose,
            held=self._held,
            hold=lambda task_id: self._hold(task_id, memory if task_id == task.id else None),
            held_before=self._held_before,
            replaced=self._replaced,
            alerts=lambda: alerts.count_firing(self._store, task.id),
            is_importer=self._is_importer,
            tags_by_bot=lambda: self._bot_tags.of(task),
            about=lambda: alerts.list_subjects(self._store, task.id),
            is_over=lambda event: alerts.is_over(self._store, task.id, event),
            is_outdated=partial(self._is_outdated, task),
            view_of=self._view_reader(task.id),
        )

    def _open_tasks(self, list_id: str) -> list[Task]:
        self._store.flush()  # the task that was read just now counts, too
        count, _urgent = self._store.mirror.open_and_urgent(list_id)
        refuse_too_many(list_id, count)
        return [Task.parse(row.raw) for row in self._store.mirror.all_open(list_id)]

    def _turn(self, rotation: str, task_id: str, members: Sequence[int]) -> int:
        return self._store.rotation_assignments.take(
            rotation.casefold(), task_id, members, self._clock()
        )

    def _person_chose(self, task_id: str, priority: int) -> bool:
        now = self._clock()
        override = for_routing(self._store.overrides.get(task_id, now))
        if override is None or override.automation:
            return False
        return is_winning(override, priority, self._policy, now)

    def _held(self, task_id: str, priority: int) -> bool:
        override = self._store.overrides.get(task_id, self._clock())
        return override is not None and override.is_held and override.priority == priority

    def _hold(self, task_id: str, memory: TaskMemory | None) -> JsonObject | None:
        override = memory.override if memory else self._store.overrides.get(task_id, self._clock())
        return None if override is None or override.priority is None else as_effect(override)

    def _held_before(self, task_id: str, automation: str) -> Mapping[str, Any] | None:
        rows = self._store.journal.done_by(automation, task_id, HOLD)
        return find_hold_before(rows, automation, self._clock())

    def _replaced(self, task_id: str, kind: str, automation: str) -> Replaced | None:
        rows = self._store.journal.done_by(automation, task_id, kind)
        return None if rows and self._is_changed_since(rows[0]) else find_replaced(rows)

    def _is_changed_since(self, write: JournalRow) -> bool:
        """Whether somebody else has changed it since, be it back to the same value."""
        wrote_ms = write.finished_ms or write.begun_ms
        return bool(self._changed_by_others(write.task_id, wrote_ms, {write.kind}))

    def _changed_by_others(
        self, task_id: str, since_ms: int, kinds: Collection[str]
    ) -> frozenset[str]:
        """Those of these kinds of values that events say others have changed after that time."""
        rows = self._recent(task_id, since_ms) if kinds else ()
        return frozenset(
            kind
            for row in rows
            for item, reported_kinds in _list_reported(row.body)
            if item.date_ms > since_ms
            and not reported_kinds.isdisjoint(kinds)
            and not self._may_be_ours(task_id, item)
            for kind in reported_kinds.intersection(kinds)
        )

    def _may_be_ours(self, task_id: str, item: HistoryItem) -> bool:
        """Not if somebody else did it; the bot's user may be a person, too."""
        if item.user_id is not None and item.user_id != self._me():
            return False
        return self._store.journal.wrote_at(task_id, item.date_ms)

    def is_late(self, task: Task, event: Event) -> bool:
        """Whether the task has been changed since ClickUp's event, be that deferred by quiet hours,
        or since a creation that nobody reported.
        """
        is_lost = DERIVED in event.raw and _is_creation_of(task, event)
        at_ms = task.created_ms if is_lost else event.date_ms
        return at_ms is not None and task.updated_ms > at_ms + SLACK_MS and not is_delayed(event)

    def changed_since(self, task: Task, event: Event, kinds: Collection[str]) -> Collection[str]:
        """Those of these kinds of values that others have changed since an event that `is_late`.
        Without a report of the creation each value that the task has may be one. Not the priority:
        people's are held anyway.
        """
        kinds = {*kinds} - {PRIORITY}
        if DERIVED not in event.raw or not _is_creation_of(task, event):
            return self._changed_by_others(task.id, (event.date_ms or 0) + SLACK_MS, kinds)
        changed = self._changed_by_others(task.id, task.created_ms + SLACK_MS, kinds)
        return changed | {*self._list_chosen(task, kinds)}

    def _list_chosen(self, task: Task, kinds: Collection[str]) -> Iterator[str]:
        """Those that a person may have given to the task: it shows them, and not as the bot has
        written them.
        """
        state = state_of(task)
        for kind in state.keys() & kinds:
            is_default = kind == STATUS and task.status.kind == "open"
            if is_default or not (kind in (STATUS, "due") or kind.startswith("field:")):
                continue
            ours = self._store.journal.latest_done(task.id, kind)
            if ours is None or not is_same_value(kind, ours.after, state[kind]):
                yield kind

    def _is_outdated(self, task: Task, event: Event) -> bool:
        if event.webhook_id == OWN or event.creates:  # may be another task's, or is never over
            return False
        over = find_over(event.items, task, find_effects()) if event.items else None
        if not over:
            return False
        handled = (_timed(row)[0] for row in self._recent(task.id, None) if row.state == DONE)
        later_items = (
            item for later in handled if later.order > event.order for item in later.items
        )
        return over <= {kind for item in later_items for kind, _ in reported(item, find_effects())}

    def related(self, task: Task, target: Target) -> tuple[Related, ...]:
        """The tasks around it that still exist, at most 20 (100 subtasks); of its blockers, the
        open ones.
        """
        if target in ("children", "siblings"):
            return tuple(map(self._related, self._subtasks(task, target)))
        ids = self._related_ids(task, target)[:MOST_RELATED]
        mirrored = self._store.mirror.get_many(ids) if ids else {}
        rows = {task_id: mirrored[task_id].raw for task_id in ids if task_id in mirrored}
        existing = filter(None, (self._read_one(task_id, rows) for task_id in ids))
        return tuple(
            self._related(related)
            for related in existing
            if related.is_open or target != "blockers"
        )

    def _related_ids(self, task: Task, target: Target) -> Sequence[str]:
        if target == "parent":
            return [task.parent_id] if task.parent_id else []
        if target == "blockers":
            return task.depends_on
        if target == "dependents":
            return task.blocks
        task_id = find_targets()[target](self.for_task(task))
        return [task_id] if task_id else []

    def _view_reader(self, task_id: str) -> Callable[[type[object]], object | None]:
        """Gives what features show of the task, each read once."""
        views: dict[type[object], object | None] = {}

        def view_of(kind: type[object]) -> object | None:
            if kind in self._views and kind not in views:
                views[kind] = self._views[kind](task_id)
            return views.get(kind)

        return view_of

    def _subtasks(self, task: Task, target: Target) -> list[Task]:
        parent_id = task.id if target == "children" else task.parent_id
        if not parent_id:
            return []
        self._know_children(parent_id)
        self._store.flush()  # what was read just now is one of them, too
        rows = self._store.mirror.children(parent_id, MOST_CHILDREN)
        return [Task.parse(row.raw) for row in rows if row.task_id != task.id]

    def _know_children(self, task_id: str) -> None:
        """What was made since the bot came was reported, or found by a back-fill; what was there
        before is asked for once.
        """
        notes, now = self._store.notes, self._clock()
        parent = self._store.mirror.get(task_id)
        if parent and Task.parse(parent.raw).created_ms >= read_arrival_ms(self._store, now):
            return
        if notes.get(CHILDREN, task_id) is None:
            self._reader.read_children(task_id)
            notes.put(CHILDREN, task_id, True, now, wait=False)

    def task(self, task_id: str) -> Task | None:
        """A task as it is mirrored, else read by one call; None: it is gone."""
        row = self._store.mirror.get(task_id)
        return self._read_one(task_id, {task_id: row.raw} if row else {})

    def _read_one(self, task_id: str, rows: Mapping[str, Any]) -> Task | None:
        if task_id in rows:
            return Task.parse(rows[task_id])
        try:
            return self._reader.read_now(task_id)
        except NotFound:
            return None

    def _related(self, task: Task) -> Related:
        return Related(task, lambda kind: self.latest_write(task.id, kind))

    def _live_incidents(self) -> int:
        rows_by_id = self._store.mirror.get_many([*self._notes.incidents()])
        return sum(self._is_tagged_live(Task.parse(row.raw)) for row in rows_by_id.values())

    def _is_tagged_live(self, task: Task) -> bool:
        """Not one whose text alone says so: nothing would ever end that."""
        tag = self._policy_of(task).policy.incident.read_tags(task.tags)
        return tag is not None and tag[0] and self._store.mirror.is_open(task.raw)

    def _open(self, task_ids: tuple[str, ...]) -> int:
        rows_by_id = self._store.mirror.get_many([*task_ids]) if task_ids else {}
        return sum(Task.parse(row.raw).is_open for row in rows_by_id.values())

    def _status_since_ms(self, task: Task) -> int:
        reported_ms = self._notes.status_since_ms(task)
        ours = self.latest_write(task.id, STATUS)  # no event of our own writes is noted
        wrote = ours is not None and ours.after == task.status.name.casefold()
        return max(reported_ms, ours.at_ms if ours and wrote else 0)


def _timed(row: InboxRow) -> tuple[Event, int]:
    return webhook.parse(row.body, known_key=row.key), row.received_ms


@lru_cache(maxsize=512)  # a late event is compared with all that came since, as is the next one
def _list_reported(body: bytes) -> Sequence[tuple[HistoryItem, frozenset[str]]]:
    """The items of an event, each with the kinds of values that it reports."""
    effects = find_effects()
    return [
        (item, frozenset(kind for kind, value in reported(item, effects) if value is not ANY))
        for item in webhook.parse(body).items
    ]


def _is_creation_of(task: Task, derived: Event) -> bool:
    """Whether what a back-fill has derived is the task's own creation, not a subtask's."""
    return derived.creates and derived.task_id == task.id and SUBTASK not in derived.raw
