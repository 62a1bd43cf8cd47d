"""Undoes what the bot did, as far as it is still there: what people changed since stays.

Each undo is a write like any other, so it is in the audit and can be undone. For as long as a
person's choice holds (`routing.override_duration`), the automation whose change was undone leaves
the task alone, and a priority that came back is kept like one that a person set.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from clickup_mlops import logs
from clickup_mlops.automations.model import Effect, LostWrite
from clickup_mlops.automations.perform import OPEN, ExecutorContext, as_the_bot, write_change
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.internal_events import InternalEvents
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.bot.ports import Choice, EventConsumer, Subject
from clickup_mlops.bot.write.descriptions import describe
from clickup_mlops.bot.write.inverse import Kept, Part, Step, plan
from clickup_mlops.bot.write.mirrored_client import LaneJournal, show
from clickup_mlops.bot.write.people import People
from clickup_mlops.bot.write.undo.batch_reader import chunks
from clickup_mlops.bot.write.undo.engine import Failure, State, UndoEngine
from clickup_mlops.bot.write.undo.holds import Holds, origin, origins
from clickup_mlops.clickup.client.resources.tasks import Tasks
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import ClickUpMlopsError, NotFound
from clickup_mlops.routing.decision import format_moment, format_priority
from clickup_mlops.store import Entry, Filter, Store
from clickup_mlops.store.journal_rows import DONE, UNDO
from clickup_mlops.store.tables.journal import ECHO_EARLY_MS, ECHO_LATE_MS
from clickup_mlops.store.tables.journal import UNDO as CAUSE
from clickup_mlops.store.tables.leases import LeaseLost
from clickup_mlops.store.tables.notes import SAID

HOLD, MUTE, PRIORITY = "hold", "mute", "priority"
_SUBJECTS: Mapping[str, Subject] = {"/workload": "workload", "/incident": "incident"}
"""What commands say of a task that is remembered."""
_RECENT = 100
"""Holds of a task among which the one before a change is looked for."""
SLACK_MS = 5_000
"""ClickUp may date a write of ours so much later than we saw it end."""
LEASE_MS = 60_000
"""How long it keeps others out of a lane while it reconciles its open writes."""
WORKED_ON = "somebody has worked since on the task that it made"
GONE = "the task is gone"
BUSY = "somebody else writes it just now: try it again"
CHANGED = "somebody changed it since"
UNKNOWN = "ClickUp did not answer: it is reconciled with the task's next event"

_log = logs.get()


@dataclass(frozen=True, slots=True)
class Undone:
    """The outcome of one change. `would`: in a dry run, it would be undone."""

    seq: int
    task_id: str
    automation: str
    state: State
    text: str
    why: str = ""
    muted: Mapping[str, int] = field(default_factory=dict)
    """Automations that leave the task alone because of it, each until when (Unix ms)."""
    unmuted: tuple[str, ...] = ()
    """Automations that may act on the task again because of it."""
    keeps: int | None = None
    """The priority that came back and is kept, or would be."""
    until_ms: int = 0
    """Until when it is kept; 0: none is."""


@dataclass(frozen=True, slots=True)
class UndoRequest:
    """Under which name the writes are kept together, who asked for it, and whether only to plan.

    `mutes` False: the automations followed a command that is undone, and do not act again.
    `changes`: numbers of all changes that it undoes in the end.
    """

    run: str
    actor: str = ""
    dry: bool = False
    mutes: bool = True
    changes: frozenset[int] = frozenset()


class Undoing:
    """`run` does it, task by task; `tasks` are the client's. `reconcile` closes a lane's open
    writes; `people` know what others chose; `internal` has routing decide again;
    `consumer` is told the priorities that come back.
    """

    def __init__(
        self,
        store: Store,
        tasks: Tasks,
        context: ExecutorContext,
        *,
        workspace: str,
        keeps_ms: int,
        clock: Clock,
        reconcile: Callable[[str], object],
        people: People,
        internal: InternalEvents,
        consumer: EventConsumer,
    ) -> None:
        self._internal, self._consumer = internal, consumer
        self._store, self._tasks, self._workspace = store, tasks, workspace
        self._people = people
        journal = LaneJournal(store.journal, wait=True)  # the audit is read after each write
        self._context = replace(context, journal=journal, shadow=False, shadows=as_the_bot)
        self._keeps_ms, self._clock, self._reconcile_lane = keeps_ms, clock, reconcile

    @property
    def effects(self) -> Mapping[str, Effect]:
        """The effects by name."""
        return self._context.effects

    def run(self, entries: Sequence[Entry], request: UndoRequest) -> Iterator[Undone]:
        """Undo these changes; a result for each, as it is done. Goes on past failures, and
        reports what the same run had done before it was cut off like the rest.

        Raises:
            LeaseLost: an event asked for it whose lane another worker holds by now.
        """
        get = self._store.audit.get
        request = replace(request, changes=frozenset(origin(entry, get).seq for entry in entries))
        self._reconcile({entry.task_id for entry in entries})
        newest = {(e.task_id, e.kind): self._store.audit.newest(e.task_id, e.kind) for e in entries}
        newest_by_place = {
            place: newest_entry
            for place, newest_entry in newest.items()
            if newest_entry and newest_entry.run != request.run
        }
        parts = plan(entries, self._context.effects, newest_by_place)
        for of_task in parts.values():
            yield from (_kept_result(p.entry, p.why) for p in of_task if isinstance(p, Kept))
        steps = {}
        for task_id, task_parts in parts.items():
            earlier, remaining = _split(self._is_done_by(request.run), _steps(task_parts))
            yield from self._done_before(task_id, earlier, request)
            if remaining:
                steps[task_id] = remaining
        begun = [step.newest.begun_ms for of_task in steps.values() for step in of_task]
        since_ms = min(begun, default=0) - ECHO_EARLY_MS
        asked_ms = self._clock()
        for chunk in chunks(self._tasks, self._workspace, steps, since_ms):
            self._mirror(chunk, asked_ms)
            choices = self._people.choices(chunk, since_ms - ECHO_LATE_MS)
            for task_id, task in chunk.items():
                chosen = partial(self._people.chose, task_id, choices=choices)
                chosen_steps, undoable = _split(chosen, steps[task_id])
                yield from (
                    _kept_result(entry, CHANGED) for step in chosen_steps for entry in step.entries
                )
                yield from self._of_task(task_id, task, undoable, request)

    def _is_done_by(self, run: str) -> Callable[[Step], bool]:
        """Whether a step was done by an earlier try of this run."""
        writes = self._store.audit.select(Filter(run=run, outcome=DONE))
        # Of one creation several tags may be undone.
        done = {(entry.kind, entry.cause) for entry in writes}
        return lambda step: (step.back.kind, f"{CAUSE}{step.newest.seq}") in done

    def _done_before(
        self, task_id: str, steps: Iterable[Step], request: UndoRequest
    ) -> Iterator[Undone]:
        for step in steps:
            holds = self._holds(task_id, step, request)
            holds.unlatch()
            self._retract(task_id, step, request)
            about = holds.stored(step.back)
            for entry in step.entries:
                yield Undone(entry.seq, task_id, entry.automation, "undone", step.text, **about)

    def _reconcile(self, task_ids: set[str]) -> None:
        """Reconcile first the writes that were cut off, such as of an earlier undo. In a lane that
        a worker holds they are not cut off, or it reconciles them itself.
        """
        open_lanes = {row.lane for row in self._store.journal.unfinished()}
        for lane in sorted(open_lanes & task_ids):
            self._reconcile_leased(lane)

    def _reconcile_leased(self, lane: str) -> None:
        leases, owner, now = self._store.leases, f"undo:{secrets.token_hex(6)}", self._clock()
        if not leases.take(lane, owner, now, now + LEASE_MS):
            return
        try:
            with suppress(Postponed, NotFound):
                self._reconcile_lane(lane)
        finally:
            leases.release(lane, owner)

    def _mirror(self, chunk: dict[str, Task | None], asked_ms: int) -> None:
        raws = [task.raw for task in chunk.values() if task and task.id]
        self._store.mirror.put_many(self._workspace, raws, asked_ms)

    def _of_task(
        self, task_id: str, task: Task | None, steps: Sequence[Step], request: UndoRequest
    ) -> Iterator[Undone]:
        if task is None:
            yield from (_kept_result(entry, GONE) for step in steps for entry in step.entries)
            return
        for step in steps:
            # An event may have brought a newer state since the page was read.
            row = self._store.mirror.get(task_id)
            latest = Task.parse(row.raw) if row else task
            yield from self._step(latest, step, request)

    def _step(self, task: Task, step: Step, request: UndoRequest) -> Iterator[Undone]:
        state: State
        about: dict[str, Any] = {}
        try:
            state, why, about = self._attempt(task, step, request)
        except (ClickUpMlopsError, Postponed) as problem:  # while it was looked at
            failure = _explain(problem)
            if failure is None or failure.kind == "fatal":
                raise
            state, why = "failed", failure.reason
        for entry in step.entries:
            yield Undone(entry.seq, task.id, entry.automation, state, step.text, why, **about)

    def _attempt(
        self, task: Task, step: Step, request: UndoRequest
    ) -> tuple[State, str, dict[str, Any]]:
        effect = self._context.effects[step.change.effect]
        lost_write = LostWrite(step.newest.begun_ms - ECHO_EARLY_MS)
        if effect.find(self._context.clickup, task, step.change, lost_write) is None:
            return "kept", CHANGED, {}
        if self._changed_since(effect.made_task(step.newest.receipt), step.newest):
            return "kept", WORKED_ON, {}
        if (ended := self._ended(task.id, step)) is not None:
            return "kept", ended, {}
        step = self._as_of_now(step)
        holds = self._holds(task.id, step, request)
        about = _about(holds, step)
        if request.dry:
            return "would", "", about
        journal = _HoldJournal(holds, lambda: self._finish(task, step, request))
        write = partial(self._write, task.id, request=request)
        outcome = UndoEngine[Step](journal, write, _explain).perform(step)
        return outcome.state, outcome.why, about if outcome.state == "undone" else {}

    def _finish(self, task: Task, step: Step, request: UndoRequest) -> None:
        show([(task.id, step.back)], self._store, self._context)
        self._retract(task.id, step, request)
        touches = self._context.effects[step.change.effect].touches
        if step.back.kind != PRIORITY and (touches or step.back.kind == HOLD):
            self._evaluate_again(task, step, request)
        _log.info("undone", task=task.id, change=step.newest.seq, text=step.text)

    def _retract(self, task_id: str, step: Step, request: UndoRequest) -> None:
        """What a person said of the task by a command that is undone is said no longer."""
        command = origin(step.newest, self._store.audit.get)
        subject = _SUBJECTS.get(command.automation)
        note = self._store.notes.get(SAID[subject], task_id) if subject else None
        if not subject or note is None or note.value["user"] != command.actor:
            return
        if self._is_unsaid(command, request):
            self._consumer.chosen(Choice(task_id, subject, None, request.actor, self._clock()))
            self._store.notes.remove(SAID[subject], task_id, wait=False)

    def _is_unsaid(self, command: Entry, request: UndoRequest) -> bool:
        """Whether the task no longer shows what the command said: not if only a value that it
        removed comes back beside what it set.
        """
        if not self._touches(command):
            return False
        writes = self._store.audit.directly_caused_by([command.cause])
        rest = [
            entry
            for entry in writes
            if (entry.task_id, entry.automation) == (command.task_id, command.automation)
            and entry.outcome == DONE
            and entry.seq not in request.changes
            and self._touches(entry)
        ]
        return bool(command.after) or not rest

    def _touches(self, entry: Entry) -> bool:
        effect = self._context.effects.get(entry.kind.partition(":")[0])
        return effect is not None and bool(effect.touches)

    def _ended(self, task_id: str, step: Step) -> str | None:
        """Why a priority does not come back: the bot or a command held it for a while that is
        over, so that the policy would have decided again by now.
        """
        back, now = step.back, self._clock()
        if back.kind != PRIORITY or back.after is None:
            return None
        until_ms = self._held_until_ms(task_id, step)
        if until_ms is None or until_ms > now:
            return None
        return f"{format_priority(back.after)} was held until {format_moment(until_ms)} only"

    def _held_until_ms(self, task_id: str, step: Step) -> int | None:
        """The end of the hold of the bot's that was the last one before the change."""
        holds = self._store.audit.list(Filter(task_id=task_id, kind=HOLD, outcome=DONE), _RECENT)
        older = (entry.after for entry in holds if entry.seq < step.entries[-1].seq)
        hold = next(older, None)
        return hold["until_ms"] if hold and hold["priority"] == step.back.after else None

    def _as_of_now(self, step: Step) -> Step:
        """Without a hold or mute that would have ended by itself."""
        after = step.back.after
        is_timed = step.back.effect in (HOLD, MUTE) and after is not None
        if not is_timed or after["until_ms"] > self._clock():
            return step
        return replace(step, back=replace(step.back, after=None))

    def _evaluate_again(self, task: Task, step: Step, request: UndoRequest) -> None:
        """Routing decides by what the task shows now: nothing is evaluated for an undo's echo."""
        key = f"{request.run}:{step.newest.seq}"
        self._internal.evaluate_again(key, task.id, task.list_id, task.updated_ms, wait=False)
        self._store.flush()  # with the end of the undo, and what the mirror shows of it

    def _changed_since(self, task_id: str | None, entry: Entry) -> bool:
        """Whether a task that we made was changed after our own last write on it."""
        if task_id is None:
            return False
        try:
            task = self._tasks.get(task_id)
        except NotFound:
            return False
        ours = self._store.audit.list(Filter(task_id=task_id), 1)
        at_ms = max(write.at_ms for write in [entry, *ours])
        return (task.updated_ms or 0) > at_ms + SLACK_MS

    def _holds(self, task_id: str, step: Step, request: UndoRequest) -> Holds:
        automations, again = origins(step.entries, self._store.audit.get)
        now = self._clock()
        until_ms = now + self._keeps_ms
        episodes = self._list_episodes(step)
        # The automation has still to end what stays open, or is open again.
        is_open = any((e.after is None) == (e.seq in request.changes) for e in episodes)
        is_end = self._context.effects[step.change.effect].opens and step.back.after is None
        return Holds(
            self._store,
            task_id,
            automations if request.mutes else frozenset(),
            again,
            now_ms=now,
            until_ms=until_ms,
            actor=request.actor,
            consumer=self._consumer,
            mutes=not is_open,
            begins_again=any(e.after is None and e.seq in request.changes for e in episodes),
            ended=automations if is_end and not again else frozenset(),
        )

    def _list_episodes(self, step: Step) -> list[Entry]:
        """What the same automation opened, or ended, beside it."""
        first = origin(step.newest, self._store.audit.get)
        kinds = [name for name, effect in self._context.effects.items() if effect.opens]
        by_automation = partial(Filter, first.task_id, first.automation, outcome=DONE)
        return [
            entry
            for kind in kinds
            for entry in self._store.audit.list(by_automation(kind=kind), _RECENT)
            if entry.cause == first.cause
        ]

    def _write(self, task_id: str, step: Step, request: UndoRequest) -> None:
        write_change(
            step.back,
            task_id,
            self._context,
            cause=f"{CAUSE}{step.newest.seq}",
            automation=UNDO,
            run=request.run,
            actor=request.actor,
        )


class _HoldJournal:
    """The write itself is journalled where it is executed; what must hold before and after it are
    the mutes and the priority that keep the undo from being undone by the next event.
    """

    def __init__(self, holds: Holds, finish: Callable[[], None]) -> None:
        self._holds, self._finish = holds, finish

    def begin(self, _step: Step) -> None:
        """The automations leave the task alone, before its events can reach them."""
        self._holds.begin()

    def undone(self, step: Step) -> None:
        """What came back is kept."""
        self._holds.complete(step.back)
        self._finish()

    def failed(self, _step: Step, _failure: Failure) -> None:
        """As before."""
        self._holds.cancel()


def _explain(problem: Exception) -> Failure | None:
    if isinstance(problem, LeaseLost):
        return Failure("fatal", str(problem))
    if isinstance(problem, OPEN):
        return Failure("unknown", UNKNOWN)
    if isinstance(problem, Postponed):
        return Failure("refused", BUSY)
    return Failure("refused", str(problem)) if isinstance(problem, ClickUpMlopsError) else None


def _about(holds: Holds, step: Step) -> dict[str, Any]:
    """What an undo does besides, as `Undone` has it."""
    keeps = holds.keeps(step.back)
    until_ms = 0 if keeps is None else holds.until_ms
    muted, unmuted = holds.muted(), holds.unmuted()
    return {"muted": muted, "unmuted": unmuted, "keeps": keeps, "until_ms": until_ms}


def _split(
    is_first: Callable[[Step], bool], steps: Iterable[Step]
) -> tuple[list[Step], list[Step]]:
    """Those for which it holds, and the others."""
    groups: tuple[list[Step], list[Step]] = [], []
    for step in steps:
        groups[not is_first(step)].append(step)
    return groups


def _steps(parts: Sequence[Part]) -> list[Step]:
    return [part for part in parts if isinstance(part, Step)]


def _kept_result(entry: Entry, why: str) -> Undone:
    text = describe(entry.kind, entry.after, entry.before)
    return Undone(entry.seq, entry.task_id, entry.automation, "kept", text, why)
