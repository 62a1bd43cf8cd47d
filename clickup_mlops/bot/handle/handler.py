"""What the bot does about the events of one task: drop echoes, read the task once, evaluate,
execute, remember.

Everything may be repeated after a crash at any point: writes are journalled before they are tried,
one with an unknown outcome is reconciled by reading the task, and what is there already is not
written again.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Final

from clickup_mlops import telemetry
from clickup_mlops.automations.events import BACKFILL, HANDOVER, REEVALUATION
from clickup_mlops.automations.model import NO_TASK, Action
from clickup_mlops.automations.occurrence import COMMENT, UPDATED
from clickup_mlops.automations.perform import ExecutorContext
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.evaluation import Execution
from clickup_mlops.bot.handle.alerts import Alerts, is_report
from clickup_mlops.bot.handle.dependents import Dependents
from clickup_mlops.bot.handle.derived.derivation import Read
from clickup_mlops.bot.handle.derived.lost_events import LostEvents, lost_comments
from clickup_mlops.bot.handle.evaluator import Evaluator, Sight
from clickup_mlops.bot.handle.person_overrides import PersonOverrides
from clickup_mlops.bot.handle.results.decision_log import DecisionLog
from clickup_mlops.bot.handle.results.timeline import TimelineLog
from clickup_mlops.bot.handle.task_notes import STATUS, TaskNotes
from clickup_mlops.bot.internal_events import HELD, InternalEvents
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.bot.ports import CommentAnswerer, EventConsumer
from clickup_mlops.bot.read.reader import TaskReader, TaskRequest
from clickup_mlops.bot.write.echoes import EchoFilter
from clickup_mlops.bot.write.executor import Executor
from clickup_mlops.bot.write.reconciler import Reconciler
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.errors import ClickUpMlopsError, InputError, NotFound, StoreUnavailable
from clickup_mlops.store import InboxRow, Incoming, Store
from clickup_mlops.store.inbox_rows import Mirrored
from clickup_mlops.store.queries.task_memory import TaskMemory

DueEvents = Callable[[Sequence[InboxRow]], Sequence[Event]]
"""Handles the rows of a lane that is no task's; returns the events to evaluate without a task."""
DELETED: Final = "taskDeleted"
RECENTLY_MS: Final = 600_000
"""A task that was read within this time before the event of its deletion may be there again."""
READ_TASK: Final = "GET /api/v2/task/{task_id}"


class EventHandler:
    """`handle` gets the rows of one lane, oldest first. Raises what went wrong; safe to repeat."""

    def __init__(
        self,
        store: Store,
        reader: TaskReader,
        echoes: EchoFilter,
        overrides: PersonOverrides,
        evaluator: Evaluator,
        *,
        context: ExecutorContext,
        clock: Clock,
        internal: InternalEvents,
        reconciler: Reconciler,
        answerers: Sequence[CommentAnswerer],
        consumer: EventConsumer,
        dependents: Dependents,
        notes: TaskNotes,
        alerts: Alerts,
        lost_events: LostEvents,
    ) -> None:
        self._store, self._reader, self._clock = store, reader, clock
        self._echoes, self._overrides, self._notes = echoes, overrides, notes
        self._evaluator, self._reconciler = evaluator, reconciler
        self._answerers, self._consumer, self._lost_events = answerers, consumer, lost_events
        self._dependents, self._alerts = dependents, alerts
        self._executor = Executor(store, context, internal, clock, reader.read_now)
        self._timeline = TimelineLog(store, consumer)
        self._decision_log = DecisionLog(store, evaluator.automations, clock, context.is_shadow)

    def handle(self, rows: Sequence[InboxRow]) -> None:
        """Do what these events ask for.

        Raises:
            Postponed: waiting a little saves calls.
            BadPayload: an event cannot be read.
            ClickUpMlopsError: ClickUp did not do its part.
        """
        events: list[Event] = []
        try:
            events = [_read(row) for row in rows]
            if events[0].task_id is not None:
                self._handle_task(rows[0].lane, rows, events)
        except Postponed:
            self._store.flush()
            raise
        except Exception:
            self._note(rows, events)
            self._store.flush()  # a second try in this thread must see what was done
            raise
        self._note(rows, events)

    def is_own_echo(self, event: Event, row: Incoming) -> bool:
        """Whether a new event, to be stored like this, is an echo that `handle` would drop. If so,
        what it says is noted with this thread's next write, and it needs no handling.

        Never one about comments: which are ours is known when the lane has ended that wrote them.

        Raises:
            StoreUnavailable: that cannot be found out now.
        """
        if event.task_id is None or any(item.field == COMMENT for item in event.items):
            return False
        if not self._is_dropped(event):
            return False
        self._consumer.read([row], [], None)
        self._note([row], [event])
        telemetry.HANDLED.labels("done").inc()
        return True

    def _is_dropped(self, event: Event) -> bool:
        try:
            return self._echoes.is_dropped(event)
        except StoreUnavailable:
            raise
        except Exception:
            return False  # its lane will meet the same, and keep the event

    def _note(self, rows: Sequence[Incoming], events: Sequence[Event]) -> None:
        """Last, so that the timeline's entries are written with the end of the events."""
        if events and events[0].task_id is not None:
            self._timeline.note(rows[0].workspace, events[0].task_id, events)

    def handle_workspace(self, rows: Sequence[InboxRow], due: DueEvents) -> None:
        """Evaluate once, without a task, what is `due` because of these rows.

        Raises: as `handle`.
        """
        lane = rows[0].lane
        try:
            events = due(rows)
            # All rows': of those that are not due any more, some may have been half done.
            begun = [row.key for row in rows]
            if events and any(row.is_cut_off for row in rows):
                events = self._recover(lane, rows, events, begun)
            if events:
                self._execute_all(lane, rows, [CausedEvent.internal(event) for event in events])
        except Exception:
            self._store.flush()
            raise

    def _execute_all(
        self, lane: str, rows: Sequence[InboxRow], events: Sequence[CausedEvent]
    ) -> None:
        executed_keys: tuple[str, ...] = ()
        while events:
            execution = self._execute(
                lane, rows, NO_TASK, events, Sight(TaskMemory()), executed_keys=executed_keys
            )
            executed_keys += execution.evaluation.keys
            if events := events[len(execution.evaluation.keys) :]:
                self._store.flush()

    def _handle_task(self, task_id: str, rows: Sequence[InboxRow], events: list[Event]) -> None:
        try:
            # By the time of the change: ClickUp does not promise to deliver in order.
            events = sorted(events, key=attrgetter("order"))
            mirrored = rows[-1].mirrored
            if any(event.kind == DELETED for event in events):
                mirrored, events = None, self._after_deletion(task_id, rows, events)
            if any(row.is_cut_off for row in rows):
                mirrored, events = None, self._recover(task_id, rows, events)
            self._evaluate_task(task_id, rows, events, mirrored)
        except NotFound as problem:
            if not self._is_gone(task_id, problem):
                raise InputError(str(problem), hint=problem.hint) from problem
            self._forget(task_id)

    def _evaluate_task(
        self,
        task_id: str,
        rows: Sequence[InboxRow],
        events: Sequence[Event],
        mirrored: Mirrored | None,
    ) -> None:
        caused = self._echoes.drop(events)
        written_over = self._overrides.from_events(caused)
        is_own = any(caused_event.is_internal for caused_event in caused)
        outdated = self._alerts.note(task_id, caused) if is_own else ()
        evaluated = [
            caused_event
            for caused_event in caused
            if caused_event.event.key not in outdated and self._is_evaluated(caused_event.event)
        ]
        evaluated += [caused for caused in written_over if self._is_evaluated(caused.event)]
        if not evaluated:
            self._notes.unread(task_id, caused)
            self._consumer.read(rows, caused, None)
            return
        request = _build_request(task_id, rows, mirrored)
        began_ms, task = self._clock(), self._reader.read(request)
        task_as_read, read = task, Read(began_ms, self._clock())
        completed = self._lost_events.complete(task, evaluated, read)
        if completed is not evaluated:
            self._timeline.note(rows[0].workspace, task_id, lost_comments(completed))
            evaluated = [caused for caused in completed if self._is_evaluated(caused.event)]
        self._consumer.read(rows, caused, task, evaluated)
        sight = self._evaluator.look(task, evaluated)
        memory = sight.memory
        if memory.decision is None:
            self._timeline.note_found(rows[0].workspace, task, events)
        self._notes.read(task, caused, evaluated, memory)
        if self._overrides.from_task(task, caused, memory):
            sight = self._evaluator.look(task, evaluated)
        executed_keys: tuple[str, ...] = ()
        if commanding := [caused for caused in evaluated if self._is_answered(caused.event)]:
            earlier = _before(commanding, evaluated, rows)
            task, evaluated, sight = self._answer(rows, task, earlier, evaluated, sight)
            executed_keys = tuple(caused.event.key for caused in earlier)
        self._execute_rounds(rows, task, evaluated, sight, executed_keys)
        self._lost_events.remember(task_as_read, caused, read)

    def _execute_rounds(
        self,
        rows: Sequence[InboxRow],
        task: Task,
        events: Sequence[CausedEvent],
        sight: Sight,
        executed_keys: tuple[str, ...] = (),
    ) -> None:
        """`executed_keys`: as `_execute`."""
        rounds, is_first = deque(_rounds(events)), True
        while rounds:
            together = rounds.popleft()
            if not is_first:
                task, sight = self._look_again(rows, together)
            execution = self._execute(
                task.id, rows, task, together, sight, executed_keys=executed_keys
            )
            is_first, keys = False, execution.evaluation.keys
            executed, waiting = together[: len(keys)], together[len(keys) :]
            if waiting:
                rounds.appendleft(waiting)
            executed_keys += keys
            self._dependents.note(task, execution.evaluation.decision, sight.memory)
            if _changes_status(executed, execution):
                self._dependents.freed(task, executed[-1].event.key)

    def _look_again(
        self, rows: Sequence[InboxRow], events: Sequence[CausedEvent]
    ) -> tuple[Task, Sight]:
        """The task and what is known of it, after something was done about it."""
        self._store.flush()
        task = self._reader.read(_build_request(rows[0].lane, rows))
        return task, self._evaluator.look(task, events)

    def _answer(
        self,
        rows: Sequence[InboxRow],
        task: Task,
        earlier: Sequence[CausedEvent],
        events: list[CausedEvent],
        sight: Sight,
    ) -> tuple[Task, list[CausedEvent], Sight]:
        """Have the commands answered, once what happened before them is done."""
        if earlier:
            self._execute_rounds(rows, task, earlier, sight)
            events = [caused for caused in events if caused not in earlier]
            task, sight = self._look_again(rows, events)
        answered = events
        for answerer in self._answerers:
            task, answered = answerer.answer(task, answered)
        return task, answered, sight if answered is events else self._evaluator.look(task, answered)

    def _memory(self, task_id: str) -> TaskMemory:
        return self._store.task_memory.of(task_id, self._clock())

    def _execute(
        self,
        lane: str,
        rows: Sequence[InboxRow],
        task: Task,
        events: Sequence[CausedEvent],
        sight: Sight,
        *,
        executed_keys: tuple[str, ...] = (),
    ) -> Execution:
        """Evaluate and execute; a decision that could not be written is kept with the reason.
        `executed_keys`: of events of these rows that were executed before.
        """
        evaluation = self._evaluator.evaluate(task, events, sight)
        rows_of_derived = _rows_of_derived(rows, evaluation.keys)
        evaluation = replace(evaluation, earlier=executed_keys, rows=rows_of_derived)
        try:
            self._consumer.decided(task, events, evaluation.decision)
            execution = self._executor.execute(lane, evaluation)
        except StoreUnavailable:
            raise  # nothing can be kept either
        except ClickUpMlopsError as problem:
            self._decision_log.failed(evaluation, problem)
            raise
        finally:
            self._evaluator.release(evaluation)
        self._remember(execution, rows, sight.memory)
        return execution

    def _recover(
        self,
        lane: str,
        rows: Sequence[InboxRow],
        events: Sequence[Event],
        begun: Sequence[str] | None = None,
    ) -> list[Event]:
        """The events that were not evaluated before a crash; the others are executed to the end,
        and all those with the keys in `begun`, if it is given.
        """
        self._reconciler.reconcile(lane)
        evaluated: set[str] = set()
        keys = [event.key for event in events] if begun is None else begun
        for execution in self._executor.resume(lane, keys):
            decision = execution.evaluation.decision
            memory = self._memory(decision["task_id"]) if decision else TaskMemory()
            self._remember(execution, rows, memory)
            self._dependents.maybe_freed(lane)  # what was cut off may have been another status
            self._store.flush()  # else what is evaluated next would want it again
            evaluated.update(execution.evaluation.keys, execution.evaluation.earlier)
        return [event for event in events if event.key not in evaluated]

    def _remember(self, execution: Execution, rows: Sequence[InboxRow], memory: TaskMemory) -> None:
        if execution.wrote:
            received_ms = min(row.received_ms for row in rows)
            telemetry.EVENT_TO_WRITE.observe(max(0, self._clock() - received_ms) / 1000)
        self._decision_log.executed(execution, memory)
        if execution.evaluation.decision is not None:
            self._notes.decided(execution.evaluation.decision, memory)

    def leads_to_nothing(self, event: Event) -> bool:
        """Whether only what it reports of a task is noted: nobody listens for it. Of a comment
        somebody may: an incident shows it.
        """
        if event.task_id is None or event.kind == DELETED:
            return False
        is_remark = any(item.field == COMMENT for item in event.items)
        return not is_remark and not self._is_evaluated(event)

    def _is_evaluated(self, event: Event) -> bool:
        """Whether the task is read for it: an automation listens, or it has a command."""
        if event.kind == UPDATED and {item.field for item in event.items} == {COMMENT}:
            return False  # it is reported by its own event too
        if event.kind == HANDOVER or self._lost_events.may_be_in(event):
            return True
        return bool(self._evaluator.listeners.of(event)) or self._is_answered(event)

    def _is_answered(self, event: Event) -> bool:
        return any(answerer.may_be_in(event) for answerer in self._answerers)

    def _after_deletion(
        self, task_id: str, rows: Sequence[InboxRow], events: list[Event]
    ) -> list[Event]:
        """The events without deletions: a task that is gone is forgotten, one restored is not.

        The event may come twice, or late: then ClickUp is asked, which raises NotFound.
        """
        remaining = [event for event in events if event.kind != DELETED]
        mirrored = self._store.mirror.get(task_id)
        recent_ms = rows[-1].received_ms - RECENTLY_MS
        if remaining or (mirrored is not None and mirrored.fetched_ms > recent_ms):
            # Nobody may listen for the other events, so that it would not be read.
            self._reader.read_now(task_id)
        else:
            self._forget(task_id)
        return remaining

    def _is_gone(self, task_id: str, problem: NotFound) -> bool:
        """Whether it is the task that is not there, and not what an automation wanted with it."""
        if problem.call == READ_TASK:
            return True
        try:
            self._reader.read_now(task_id)
        except NotFound:
            return True
        return False

    def _forget(self, task_id: str) -> None:
        self._reconciler.forget(task_id)
        latching = [
            automation.name
            for automation in self._evaluator.automations
            if automation.until is not None
        ]
        self._executor.forget(task_id, latching)
        self._notes.forget(task_id)
        self._alerts.forget(task_id)
        self._consumer.forgotten(task_id)
        self._store.overrides.release(task_id)
        self._dependents.forget(task_id)


def _changes_status(events: Sequence[CausedEvent], execution: Execution) -> bool:
    """Whether the task got another status, be it by the bot."""
    reported = any(item.field == STATUS for caused in events for item in caused.event.items)
    written = any(
        state == "done" and isinstance(part, Action) and part.change.kind == STATUS
        for part, state in execution.states
    )
    return reported or written


def _read(row: InboxRow) -> Event:
    event = webhook.parse(row.body, known_key=row.key)
    if event.kind != webhook.EDITED or row.event_ms is None:
        return event
    # The comment's date is no time of the edit: our own echoes and choices go by that.
    items = tuple(replace(item, date_ms=row.event_ms) for item in event.items)
    return replace(event, items=items, date_ms=row.event_ms)


def _build_request(
    task_id: str, rows: Sequence[InboxRow], mirrored: Mirrored | None = None
) -> TaskRequest:
    # Since an event was deferred, changes may have come for which nobody has read the task.
    changes = [None if row.source == HELD else row.event_ms for row in rows]
    return TaskRequest(
        task_id=task_id,
        list_id=next((row.list_id for row in reversed(rows) if row.list_id), None),
        # An event without the time of its change can only be trusted by its number.
        changed_ms=None if None in changes else max(ms for ms in changes if ms is not None),
        received_ms=max(row.received_ms for row in rows),
        number=max(row.id for row in rows),
        mirrored=mirrored,
    )


def _rows_of_derived(rows: Sequence[InboxRow], keys: Sequence[str]) -> tuple[str, ...]:
    """The keys of the looks that led to these events, if an event has no row of its own."""
    if not set(keys).difference(row.key for row in rows):
        return ()
    return tuple(row.key for row in rows if row.source == BACKFILL)


def _before(
    commanding: Sequence[CausedEvent], events: Sequence[CausedEvent], rows: Sequence[InboxRow]
) -> list[CausedEvent]:
    """What happened before the first command: people wrote it to a bot that had done all of that,
    though it was away.
    """
    first_ms = min((caused.event.date_ms or 0 for caused in commanding), default=0)
    received_ms = {row.key: row.received_ms for row in rows}
    return [
        caused
        for caused in events
        if (caused.event.date_ms or received_ms.get(caused.event.key, first_ms)) < first_ms
    ]


def _rounds(events: Sequence[CausedEvent]) -> list[Sequence[CausedEvent]]:
    """What is evaluated together. What other lanes have handed over comes first, so that routing
    sees the holds among it. Reports about alerts come after what else happened, which may be
    what the end of an alert ends; routing is asked again after what they lead to.
    """
    if not any(caused.is_internal for caused in events):
        return [events] if events else []
    handed = [caused for caused in events if caused.event.kind == HANDOVER]
    reports = [caused for caused in events if is_report(caused)]
    other_events = [
        caused for caused in events if caused.event.kind != HANDOVER and not is_report(caused)
    ]
    if not reports:
        return [together for together in (handed, *_by_own_kind(other_events)) if together]
    changes = [caused for caused in other_events if caused.event.kind != REEVALUATION]
    again = [caused for caused in other_events if caused.event.kind == REEVALUATION]
    return [together for together in (handed, *_by_own_kind(changes), reports, again) if together]


def _by_own_kind(events: Sequence[CausedEvent]) -> Iterator[Sequence[CausedEvent]]:
    """In rounds with one kind of the bot's own events each: what is reported about an incident
    changes what its beginning makes.
    """
    together: list[CausedEvent] = []
    kind = ""
    for caused in events:
        if caused.is_internal and caused.event.kind != REEVALUATION:
            if kind not in ("", caused.event.kind):
                yield together
                together = []
            kind = caused.event.kind
        together.append(caused)
    yield together
