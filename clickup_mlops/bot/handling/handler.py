"""What the bot does about the events of one task: sift, read once, judge, write, remember.

Everything may be repeated after a crash at any point: writes are journalled before they are tried,
one with an unknown outcome is settled by reading the task, and what is there already is not
written again.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from clickup_mlops import telemetry
from clickup_mlops.automations.model import NO_TASK
from clickup_mlops.automations.occurrence import COMMENT, UPDATED
from clickup_mlops.automations.perform import Hands
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handling.changes import Changes
from clickup_mlops.bot.handling.context.reader import Reader, Wanted
from clickup_mlops.bot.handling.dependents import Dependents
from clickup_mlops.bot.handling.echoes import Heard, People, own
from clickup_mlops.bot.handling.evaluator import Evaluator
from clickup_mlops.bot.handling.executor import Done, Executor, Judging
from clickup_mlops.bot.handling.lookups import forget_notes, note_incident, note_status
from clickup_mlops.bot.handling.reconciler import Reconciler
from clickup_mlops.bot.handling.recorder import Recorder
from clickup_mlops.bot.handling.results.decision_log import remember
from clickup_mlops.bot.handling.results.outcomes import failure, outcome, routing_automations
from clickup_mlops.bot.handling.slash_commands import SlashCommands, commands
from clickup_mlops.bot.lanes.internal_events import Holding
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event
from clickup_mlops.errors import ClickUpMlopsError, InputError, NotFound, StoreUnavailable
from clickup_mlops.store import InboxRow, Store

Due = Callable[[Sequence[InboxRow]], Sequence[Event]]
"""What is done about the rows of a lane that is no task's; the events to evaluate without a task.
"""
DELETED = "taskDeleted"
LATELY_MS = 600_000
"""A task that was read within this time before the news of its deletion may be there again."""
RECENT = 20
"""Writes of a task among which that of a judging's priority is looked for."""
READ_TASK = "GET /api/v2/task/{task_id}"


class EventHandler:
    """`handle` gets the rows of one lane, oldest first. Raises what went wrong; safe to repeat."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        people: People,
        evaluator: Evaluator,
        *,
        hands: Hands,
        clock: Clock,
        holding: Holding,
        reconciler: Reconciler,
        slash_commands: SlashCommands | None,
        recorder: Recorder,
        dependents: Dependents,
        changes: Changes,
    ) -> None:
        self._store, self._reader, self._people, self._evaluator = store, reader, people, evaluator
        self._clock = clock
        self._slash_commands, self._recorder, self._dependents = (
            slash_commands,
            recorder,
            dependents,
        )
        self._applying, self._shadow = routing_automations(evaluator.automations), hands.shadow
        self._reconciler, self._changes = reconciler, changes
        self._executor = Executor(store, hands, holding, clock)

    def handle(self, rows: Sequence[InboxRow]) -> None:
        """Do what these events ask for.

        Raises:
            Postponed: waiting a little saves calls.
            BadPayload: an event cannot be read.
            ClickUpMlopsError: ClickUp did not do its part.
        """
        try:
            self._handle(rows)
        except Exception:
            self._store.flush()  # a second try in this thread must see what was done
            raise

    def handle_workspace(self, rows: Sequence[InboxRow], due: Due) -> None:
        """Evaluate once, without a task, what is `due` because of these rows.

        Raises: as `handle`.
        """
        try:
            self._of_workspace(rows[0].lane, rows, due(rows))
        except Exception:
            self._store.flush()
            raise

    def _handle(self, rows: Sequence[InboxRow]) -> None:
        events = [_read(row) for row in rows]
        if events[0].task_id is not None:
            self._of_task(rows[0].lane, rows, _newest_last(events))

    def _of_task(self, task_id: str, rows: Sequence[InboxRow], events: list[Event]) -> None:
        heard_ms = min(row.received_ms for row in rows)
        try:
            events = self._after_deletion(task_id, rows, events)
            self._reconciler.settle(task_id)
            events = self._left(task_id, events, heard_ms)
            self._judge(task_id, rows, events, heard_ms)
        except NotFound as problem:
            if not self._is_gone(task_id, problem):
                raise InputError(str(problem), hint=problem.hint) from problem
            self._forget(task_id)

    def _after_deletion(
        self, task_id: str, rows: Sequence[InboxRow], events: list[Event]
    ) -> list[Event]:
        """The events without deletions: a task that is gone is forgotten, one restored is not.

        The news may come twice, or late: then ClickUp is asked, which raises NotFound.
        """
        rest = [event for event in events if event.kind != DELETED]
        if len(rest) == len(events):
            return events
        known = self._store.mirror.get(task_id)
        if known is not None and known.fetched_ms > rows[-1].received_ms - LATELY_MS:
            self._reader.read_now(task_id)
        elif rest:
            self._store.mirror.remove(task_id)  # so that it is read
        else:
            self._forget(task_id)
        return rest

    def _is_gone(self, task_id: str, problem: NotFound) -> bool:
        """Whether it is the task that is not there, and not what an automation wanted with it."""
        if problem.call.startswith(READ_TASK):
            return True
        try:
            self._reader.read_now(task_id)
        except NotFound:
            return True
        return False

    def _of_workspace(self, lane: str, rows: Sequence[InboxRow], events: Sequence[Event]) -> None:
        """Automations that are judged once, without a task."""
        if not events:
            return
        heard_ms = min(row.received_ms for row in rows)
        self._reconciler.settle(lane)
        events = self._left(lane, events, heard_ms)
        if not events:
            return
        evaluation = self._evaluator.evaluate(NO_TASK, [own(event) for event in events])
        try:
            done = self._executor.carry_out(lane, evaluation.judging)
        finally:
            self._evaluator.release(evaluation)
        self._finish(done, heard_ms)

    def _judge(
        self, task_id: str, rows: Sequence[InboxRow], events: list[Event], heard_ms: int
    ) -> None:
        sifted = self._people.sift(events)
        heard: Sequence[Heard] = [one for one in sifted if self._concerns(one.event)]
        if not heard:
            self._changes.heard(task_id, sifted)
            self._recorder.note(rows, sifted, None)
            return
        task = self._reader.read(_wanted(task_id, rows))
        self._recorder.note(rows, sifted, task)
        self._changes.seen(task, sifted)
        self._people.notice(task, sifted)
        for one in heard:
            note_status(self._store, task, one.event)
        if self._slash_commands is not None:
            task, heard = self._slash_commands.attend(task, heard)
        evaluation = self._evaluator.evaluate(task, heard)
        try:
            self._people.notice_workload(task, heard, evaluation.judging.decision)
            done = self._carried_out(task_id, evaluation.judging)
        finally:
            self._evaluator.release(evaluation)
        self._finish(done, heard_ms)
        self._dependents.note(task, done.judging.decision)

    def _concerns(self, event: Event) -> bool:
        """Whether an automation or a command wants the task to be read for it."""
        if event.kind == UPDATED and {item.field for item in event.items} == {COMMENT}:
            return False  # it is told by its own event too
        asked = self._slash_commands is not None and any(commands(event))
        return asked or self._evaluator.listened(event.kind, "")

    def _left(self, lane: str, events: Sequence[Event], heard_ms: int) -> list[Event]:
        """The events that were not judged before a crash; what was judged is carried out."""
        judged: set[str] = set()
        for rest in self._executor.resume(lane, [event.key for event in events]):
            self._finish(rest, heard_ms)
            self._store.flush()  # else what is judged next would want it again
            judged.update(rest.judging.keys)
        return [event for event in events if event.key not in judged]

    def _carried_out(self, task_id: str, judging: Judging) -> Done:
        """Its writes; a decision that could not be written is remembered with the reason."""
        try:
            return self._executor.carry_out(task_id, judging)
        except StoreUnavailable:
            raise  # nothing can be remembered either
        except ClickUpMlopsError as problem:
            if judging.decision is not None:
                self._store.flush()
                newest = self._store.journal.list(task_id=task_id, limit=RECENT)
                became = failure(judging.decision, judging.keys, problem, newest)
                remember(self._store.decisions, judging.decision, became, self._clock())
            raise

    def _finish(self, done: Done, heard_ms: int) -> None:
        now = self._clock()
        if done.wrote:
            telemetry.EVENT_TO_WRITE.observe(max(0, now - heard_ms) / 1000)
        if done.judging.decision is not None:
            body = done.judging.decision
            became = outcome(
                body,
                done.states,
                self._applying,
                shadow=self._shadow,
                muted=lambda: self._store.mutes.of(body["task_id"], now),
            )
            remember(self._store.decisions, body, became, now)
            note_incident(self._store, body, now)

    def _forget(self, task_id: str) -> None:
        self._reconciler.give_up(task_id)
        latching = [
            automation.name
            for automation in self._evaluator.automations
            if automation.until is not None
        ]
        self._executor.forget(task_id, latching)
        forget_notes(self._store, task_id)
        self._changes.forget(task_id)
        self._store.mirror.remove(task_id)
        self._store.overrides.release(task_id)
        self._dependents.gone(task_id)


def _read(row: InboxRow) -> Event:
    event = replace(webhook.parse(row.body), key=row.key)
    if event.kind != webhook.EDITED or row.event_ms is None:
        return event
    # The comment's date is no time of the edit: our own echoes and choices go by that.
    items = tuple(replace(item, date_ms=row.event_ms) for item in event.items)
    return replace(event, items=items, date_ms=row.event_ms)


def _wanted(task_id: str, rows: Sequence[InboxRow]) -> Wanted:
    changes = [row.event_ms for row in rows]
    return Wanted(
        task_id=task_id,
        list_id=next((row.list_id for row in reversed(rows) if row.list_id), None),
        # An event that does not tell when it happened can only be trusted by its number.
        changed_ms=None if None in changes else max(ms for ms in changes if ms is not None),
        heard_ms=max(row.received_ms for row in rows),
        number=max(row.id for row in rows),
    )


def _newest_last(events: list[Event]) -> list[Event]:
    """By the time of the change: ClickUp does not promise to deliver in order."""
    return sorted(events, key=lambda event: event.date_ms or 0)
