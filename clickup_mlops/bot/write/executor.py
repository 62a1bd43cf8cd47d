"""Executes all that one evaluation wants, each write exactly once, whatever dies in between.

What a single write needs is in the journal. An evaluation that wants more is noted before its first
write: after a crash the rest of it is executed, though its conditions may not hold any more; but
not over a value that people have chosen meanwhile. What of it could not be planned, or is held
back, is in the note, too: evaluated again it might look like all that went wrong, or not show at
all. Latches and the run log are written together with the evaluation's end.

An automation is latched if one of its actions was done, was left for what people chose, or was
refused and is kept for another try; or if there was nothing to do. One that only reached its cap or
failed has not acted, and may.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from clickup_mlops import logs, telemetry
from clickup_mlops.automations.model import (
    Action,
    Effect,
    Held,
    Latch,
    Problem,
    Written,
    swapped,
)
from clickup_mlops.automations.perform import ExecutorContext, State, perform
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.evaluation import Evaluation, Executable, Execution, Part, Refusal
from clickup_mlops.bot.internal_events import Handover, InternalEvents
from clickup_mlops.bot.write.mirrored_client import show
from clickup_mlops.bot.write.resume_plan import HOLD, PRIORITY, Rest
from clickup_mlops.bot.write.runs import RunLog
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import ClickUpMlopsError, Forbidden, NotFound, is_refusal
from clickup_mlops.store import Store
from clickup_mlops.store.journal_rows import JournalRow
from clickup_mlops.store.tables.inbox import DONE
from clickup_mlops.store.tables.journal import HOUR_MS
from clickup_mlops.store.tables.notes import LATCH, PLAN

CAPPED: Final = "capped"
"""Scope of the notes about automations that reached their cap, and when that was logged."""

Values = dict[tuple[str, str], Any]
"""The values that an evaluation has written so far, by task id and kind of change."""

_log = logs.get()


def note_scope(lane: str) -> str:
    """Scope of the notes about a lane's unfinished evaluations; named by the first event's key."""
    return f"{PLAN}{lane}"


def latch_name(automation: str, task_id: str) -> str:
    """Name of the note that says that the automation is latched for the task."""
    return f"{automation}:{task_id}"


class Executor:
    """Executes evaluations, and resumes those that were cut off. `read` gives a task as it is
    now, for one call.
    """

    def __init__(
        self,
        store: Store,
        context: ExecutorContext,
        internal: InternalEvents,
        clock: Clock,
        read: Callable[[str], Task],
    ) -> None:
        self._store, self._context, self._internal, self._clock = store, context, internal, clock
        self._runs, self._read = RunLog(store), read

    def execute(self, lane: str, evaluation: Evaluation) -> Execution:
        """All its writes. A refusal is final: the others are made all the same, and its event is
        parked with the reason, so that a person may have what was refused tried again.

        Raises:
            NotFound: the lane's own task is gone.
            ClickUpMlopsError: ClickUp is away, and the rest waits for `resume`.
        """
        is_noted = not self._context.is_shadow(lane) and _needs_note(
            evaluation, lane, self._context.effects
        )
        if is_noted:
            self._note(lane, evaluation)  # on disk with the journal's entry of the first write
        return self._execute(lane, evaluation, None, is_noted=is_noted)

    def resume(self, lane: str, keys: Collection[str]) -> Iterator[Execution]:
        """The rest of each evaluation that was cut off in this lane and whose events are among
        these.

        Call it after the lane's open writes were reconciled. Raises like `execute`, and NotFound if
        the lane's own task is gone.
        """
        event_keys: set[str] = set(keys)
        for name, note in self._store.notes.all(note_scope(lane)).items():
            evaluation = Evaluation.from_dict(note.value)
            if event_keys.intersection(evaluation.row_keys):
                yield self._execute(lane, evaluation, note.at_ms, is_noted=True)
            elif not any(map(self._may_come, evaluation.row_keys)):
                _log.warning("evaluation_dropped", lane=lane, keys=evaluation.keys)
                self._store.notes.remove(note_scope(lane), name)

    def forget(self, task_id: str, automations: Iterable[str]) -> None:
        """The task is gone: what was under way or evaluated, and these automations' latches."""
        for name in self._store.notes.all(note_scope(task_id)):
            self._store.notes.remove(note_scope(task_id), name)
        for automation in automations:
            self._store.notes.remove(LATCH, latch_name(automation, task_id))
        self._store.evaluations.forget(task_id)

    def _may_come(self, key: str) -> bool:
        """Whether the event waits to be handled, perhaps until somebody replays it."""
        row = self._store.inbox.by_key(key)
        return row is not None and row.state != DONE

    def _note(self, lane: str, evaluation: Evaluation) -> None:
        now, value = self._clock(), evaluation.to_dict()
        self._store.notes.put_ahead(note_scope(lane), evaluation.keys[0], value, now)

    def _execute(
        self, lane: str, evaluation: Evaluation, since_ms: int | None, *, is_noted: bool
    ) -> Execution:
        """`since_ms`: when it was begun before, if it is resumed."""
        states: list[tuple[Executable, State]] = []
        refused: list[Refusal] = []
        already_done: list[Executable] = []  # to be done already
        values: Values = {}
        resume_plan = (
            None if since_ms is None else Rest(self._read, self._context.effects, since_ms)
        )
        for planned in _in_order(evaluation.findings):
            finding = self._rebased(planned, values) if values else planned
            state, problem = self._attempt(finding, lane, resume_plan, already_done)
            states.append((finding, state))
            if problem is not None:
                refused.append((finding, problem))
            if isinstance(finding, Action) and state == "done":
                values[finding.task_id, finding.change.kind] = finding.change.after
        executed = [
            finding for finding, state in states if isinstance(finding, Action) and state == "done"
        ]
        effects = self._context.effects
        if not all(effects[finding.change.effect].mirrored for finding in executed):
            unseen = self._unseen(executed, already_done, resume_plan)
            changes = ((finding.task_id, finding.change) for finding in unseen)
            show(changes, self._store, self._context)
        if released := [finding for finding in executed if _is_released(finding)]:
            self._decide_again(released)
        if handovers := [part for part in evaluation.findings if isinstance(part, Handover)]:
            states += self._handed_over(handovers)
        if refused:
            self._check_task(lane, refused)
        self._finish(lane, evaluation, states, is_noted=is_noted)
        if refused:
            self._park(lane, evaluation, refused, is_noted=is_noted)
        self._runs.note(lane, states, refused, self._clock(), again=resume_plan is not None)
        return Execution(evaluation, tuple(states), tuple(refused))

    def _check_task(self, lane: str, refused: Iterable[Refusal]) -> None:
        """Raise NotFound if it is the lane's own task that is not there.

        A write to a task that went out of sight is refused as if only a right was missing.
        """
        missing = any(isinstance(problem, NotFound | Forbidden) for _, problem in refused)
        if missing and ":" not in lane:
            self._read(lane)

    def _finish(
        self,
        lane: str,
        evaluation: Evaluation,
        states: Sequence[tuple[Executable, State]],
        *,
        is_noted: bool,
    ) -> None:
        """Note what was evaluated and latched, with the end of the events."""
        for change, by in evaluation.changes.items():
            self._store.evaluations.put(lane, change, by, self._clock())
        if is_noted:
            self._latch(evaluation, _idle(states))
            self._store.notes.remove(note_scope(lane), evaluation.keys[0], wait=False)

    def _park(
        self, lane: str, evaluation: Evaluation, refused: Sequence[Refusal], *, is_noted: bool
    ) -> None:
        """Park the events of what was refused, with their end. If more was wanted than that, it is
        noted: whoever replays such an event has it tried alone.
        """
        groups: dict[str, list[Refusal]] = {}
        for finding, problem in refused:
            key = self._event_of(finding, evaluation)
            groups.setdefault(key, []).append((finding, problem))
        for key, group in groups.items():
            if is_noted:
                # By its cause: of what was derived, several evaluations belong to one row.
                keys = tuple(dict.fromkeys((group[0][0].cause, key)))
                self._note(lane, Evaluation(keys, tuple(finding for finding, _ in group)))
            error = f"{type(group[0][1]).__name__}: {group[0][1]}"
            if (row := self._store.inbox.by_key(key)) is not None:
                self._store.inbox.park(row.id, error, wait=False)
            _log.error("event_parked", event_key=key, lane=lane, problem=error)

    def _event_of(self, finding: Executable, evaluation: Evaluation) -> str:
        """The event of the inbox to park. The one that reported the change first may be done
        already, or be derived from another one.
        """
        keys = evaluation.keys
        cause = [finding.cause] if finding.cause in keys else []
        candidates = (*cause, *reversed(keys), *evaluation.rows)
        return next((key for key in candidates if self._store.inbox.by_key(key)), keys[-1])

    def _attempt(
        self,
        finding: Action | Problem | Held,
        lane: str,
        resume_plan: Rest | None,
        already_done: list[Executable],
    ) -> tuple[State, ClickUpMlopsError | None]:
        """The state; with the problem if it was refused for good."""
        try:
            return self._state(finding, lane, resume_plan, already_done), None
        except ClickUpMlopsError as problem:
            if not is_refusal(problem):
                raise
            telemetry.ACTIONS.labels(finding.automation, "refused").inc()
            _log.warning(
                "action_refused",
                automation=finding.automation,
                task=finding.task_id,
                problem=str(problem),
            )
            return "refused", problem

    def _state(
        self,
        finding: Action | Problem | Held,
        lane: str,
        resume_plan: Rest | None,
        already_done: list[Executable],
    ) -> State:
        if isinstance(finding, Held):
            self._hold(finding, lane)
            return "held"
        if isinstance(finding, Action):
            if finding.is_overtaken:
                return self._overtaken(finding)
            if _is_there(finding) or self._is_done(finding, resume_plan):
                already_done.append(finding)
                return "done"
            remainder = finding if resume_plan is None else resume_plan.of(finding, lane)
            if remainder is None:
                return self._overtaken(finding)
            if _is_there(remainder) or (
                remainder is not finding and self._is_done(remainder, resume_plan)
            ):
                already_done.append(finding)
                return "done"
            finding = remainder
        state = perform(finding, self._context, lane=lane).state
        if state == "capped":
            self._log_cap(finding.automation)
        return state

    def _unseen(
        self,
        executed: Sequence[Action],
        already_done: Collection[Executable],
        resume_plan: Rest | None,
    ) -> Iterator[Action]:
        """Those that the mirror cannot show yet: not what was found on a task that was read since
        the evaluation began. That shows what was done before, or what people have made of it.
        """
        for action in executed:
            if action not in already_done:
                yield action
            elif resume_plan is not None:
                row = self._store.mirror.get(action.task_id)
                if row is None or row.fetched_ms <= resume_plan.since_ms:
                    yield action

    def _overtaken(self, action: Action) -> State:
        telemetry.ACTIONS.labels(action.automation, "overtaken").inc()
        _log.info("action_overtaken", automation=action.automation, task=action.task_id)
        return "overtaken"

    def _hold(self, held_action: Held, lane: str) -> None:
        self._internal.hold(lane, held_action)
        telemetry.ACTIONS.labels(held_action.automation, "held").inc()
        _log.info(
            "action_held",
            automation=held_action.automation,
            task=held_action.task_id,
            until_ms=held_action.until_ms,
        )

    def _handed_over(self, handovers: Sequence[Handover]) -> list[tuple[Executable, State]]:
        """Last: the other lanes see what was written here."""
        self._store.flush()
        for handover in handovers:
            self._internal.hand_over(handover, *self._list_and_time(handover.task_id))
            telemetry.ACTIONS.labels(handover.automation, "handed over").inc()
        return [(handover, "handed over") for handover in handovers]

    def _decide_again(self, released: Iterable[Action]) -> None:
        """Of a task whose hold has ended, by an event of its own."""
        for action in released:
            key = f"released:{action.automation}:{action.cause}"
            place = self._list_and_time(action.task_id)
            self._internal.evaluate_again(key, action.task_id, *place, wait=False)

    def _list_and_time(self, task_id: str) -> tuple[str | None, int | None]:
        """The task's List and when it changed (Unix ms), as the mirror shows them."""
        row = self._store.mirror.get(task_id)
        task = Task.parse(row.raw) if row else None
        return (task.list_id, task.updated_ms) if task else (None, None)

    def _rebased(self, finding: Action | Problem | Held, values: Values) -> Action | Problem | Held:
        """All were planned before the first was written: this one begins where that one ended."""
        if not isinstance(finding, Action) or (finding.task_id, finding.change.kind) not in values:
            return finding
        change, effect = finding.change, self._context.effects[finding.change.effect]
        value = values[finding.task_id, change.kind]
        if value == change.after and (effect.onto or effect.undo is swapped):
            return replace(finding, change=replace(change, before=value))
        if effect.onto is not None:
            self._store.flush()  # the end of the write before
            row = self._store.journal.latest_done(finding.task_id, change.kind)
            written = row and Written(row.after, row.receipt, row.begun_ms)
            return replace(finding, change=effect.onto(change, written)) if written else finding
        if effect.undo is not swapped:
            return finding  # each makes a thing of its own
        return replace(finding, change=replace(change, before=value))

    def _log_cap(self, automation: str) -> None:
        """The automation has reached its cap; logged once an hour."""
        now, note = self._clock(), self._store.notes.get(CAPPED, automation)
        if note is None or note.at_ms <= now - HOUR_MS:
            self._store.notes.put(CAPPED, automation, True, now)
            _log.warning(
                "automation_capped",
                automation=automation,
                hint="`clickup-mlops automations show` prints its cap.",
            )

    def _is_done(self, action: Action, resume_plan: Rest | None) -> bool:
        """It was written before the evaluation was cut off, or for this very event: what the task
        does not show any more, somebody has reverted.
        """
        change, journal = action.change, self._store.journal
        if resume_plan is not None and journal.has_done(
            action.task_id,
            change.kind,
            change.after,
            automation=action.automation,
            since_ms=resume_plan.since_ms,
        ):
            return True
        if change.kind == PRIORITY:
            return False  # such a write has no receipt, and routing knows what people chose
        row = self._own_write(action)
        if row is None:
            return False
        # Planned anew for the same event a value may differ: an hour from now, for example.
        is_state = self._context.effects[change.effect].undo is swapped
        return row.after == change.after or (is_state and row.before == change.before)

    def _own_write(self, action: Action) -> JournalRow | None:
        """Its latest write for this very event, unless another event had something else written."""
        journal, kind = self._store.journal, action.change.kind
        latest = journal.latest_done(action.task_id, kind)
        if latest is None or latest.cause != action.cause:
            return None
        if latest.automation == action.automation:
            return latest
        # Another automation has written over it because of the same event.
        rows = journal.done_by(action.automation, action.task_id, kind)
        return next((row for row in rows if row.cause == action.cause), None)

    def _latch(self, evaluation: Evaluation, idle: Collection[str]) -> None:
        """With the end of the events; an automation that has not acted is not latched."""
        for latch in (part for part in evaluation.findings if isinstance(part, Latch)):
            name = latch_name(latch.automation, latch.task_id)
            if not latch.on:
                self._store.notes.remove(LATCH, name, wait=False)
            elif latch.automation not in idle:
                self._store.notes.put(LATCH, name, True, self._clock(), wait=False)


def _needs_note(evaluation: Evaluation, lane: str, effects: Mapping[str, Effect]) -> bool:
    """Whether the journal's row of its only write, or its only handover, would not be enough after
    a crash: what the bot keeps itself, as a hold or an incident, takes several steps, and the row
    does not say what was executed earlier. What was derived may be reported by then.
    """
    findings = evaluation.findings
    writes = [part for part in findings if isinstance(part, Action) and part.mode != "shadow"]
    parts = [*writes, *(part for part in findings if isinstance(part, Handover))]
    if len(parts) > 1 or (parts and (evaluation.earlier or evaluation.rows)):
        return True
    if any(part.task_id != lane or effects[part.change.effect].local for part in writes):
        return True
    more: tuple[type, ...] = (Latch, Problem, Held) if parts else (Latch,)
    return any(isinstance(part, more) for part in findings)


def _is_released(action: Action) -> bool:
    return action.change.kind == HOLD and action.change.after is None


def _is_there(action: Action) -> bool:
    """Another automation wanted the same because of the same event, and has written it."""
    return bool(action.change.before == action.change.after)


def _in_order(findings: Iterable[Part]) -> list[Action | Problem | Held]:
    """Without latches and handovers, writes first. Problems are reported once all writes were
    tried: not with each new try. What is held is noted with the next write, which shall be the end
    of the events.
    """
    order = (Action, Problem, Held)
    executables = [part for part in findings if isinstance(part, order)]
    return sorted(executables, key=lambda part: order.index(type(part)))


def _idle(states: Sequence[tuple[Executable, State]]) -> set[str]:
    """Automations that wanted to act and have not."""
    acted = {
        finding.automation
        for finding, state in states
        if state in ("done", "handed over", "refused", "overtaken")
    }
    return {finding.automation for finding, _ in states} - acted
