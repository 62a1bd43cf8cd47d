"""Carries out all that one judging wants, each write exactly once, whatever dies in between.

What a single write needs is in the journal. A judging that wants more is noted before its first
write: after a crash the rest of it is carried out, though its conditions may not hold any more.
What of it could not be planned, or is held back, is in the note, too: judged again it might look
like all that went wrong, or not show at all. Latches and the run log are written together with the
judging's end.

An automation is latched if one of its actions was done, or was refused and is kept for another try;
or if there was nothing to do. One that only reached its cap or failed has not acted, and may.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from clickup_mlops import logs, telemetry
from clickup_mlops.automations.model import Action, Change, Finding, Held, Latch, Problem, swapped
from clickup_mlops.automations.perform import OPEN, Hands, State, perform
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handling.results.runs import RunLog, Wanted
from clickup_mlops.bot.lanes.internal_events import Holding, from_note, to_note
from clickup_mlops.errors import ClickUpMlopsError, Unauthorized
from clickup_mlops.store import Store
from clickup_mlops.store.tables.evaluations import By
from clickup_mlops.store.tables.inbox import DONE
from clickup_mlops.store.tables.journal import HOUR_MS

LATCH: Final = "latch"
"""Scope of the latches that are set; see `latch_name`."""

CAPPED: Final = "capped"
"""Scope of the notes about automations that reached their cap, and when that was told."""

Left = dict[tuple[str, str], Any]
"""The values that a judging has written so far, by task id and kind of change."""

_log = logs.get()


def plans_of(lane: str) -> str:
    """Scope of the notes about a lane's unfinished evaluations; named by the first event's key."""
    return f"plan:{lane}"


def latch_name(automation: str, task_id: str) -> str:
    """Name of the note that says that the automation is latched for the task."""
    return f"{automation}:{task_id}"


@dataclass(frozen=True, slots=True)
class Judging:
    """What is wanted because of some events: `keys` are theirs, `decision` is routing's, if any.

    `changes`: what is evaluated with it; see `store.evaluations`.
    """

    keys: tuple[str, ...]
    findings: tuple[Finding, ...]
    decision: Mapping[str, Any] | None = None
    changes: Mapping[str, By] = field(default_factory=dict)

    @property
    def actions(self) -> tuple[Action, ...]:
        """The writes."""
        return tuple(one for one in self.findings if isinstance(one, Action))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be planned."""
        return tuple(one for one in self.findings if isinstance(one, Problem))

    @property
    def held(self) -> tuple[Held, ...]:
        """What waits for the end of quiet hours."""
        return tuple(one for one in self.findings if isinstance(one, Held))

    @property
    def latches(self) -> tuple[Latch, ...]:
        """Automations that are latched or released by it."""
        return tuple(one for one in self.findings if isinstance(one, Latch))

    def needs_note(self, lane: str) -> bool:
        """Whether the journal's row of its only write would not be enough after a crash."""
        writes = [one for one in self.actions if one.mode != "shadow"]
        more = self.latches or (writes and (self.problems or self.held))
        return len(writes) > 1 or bool(more) or any(w.task_id != lane for w in writes)

    def to_dict(self) -> dict[str, Any]:
        """JSON values; `from_dict` reads them."""
        return {
            "keys": self.keys,
            "actions": [asdict(one) for one in self.actions],
            "problems": [asdict(replace(one, bug=None)) for one in self.problems],
            "held": [to_note(one) for one in self.held],
            "latches": [asdict(one) for one in self.latches],
            "decision": self.decision,
            "changes": self.changes,
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> "Judging":
        """From a note."""
        actions = [_action(**one) for one in raw["actions"]]
        problems = [Problem(**one) for one in raw.get("problems", ())]
        held = map(from_note, raw.get("held", ()))
        latches = [Latch(**one) for one in raw["latches"]]
        changes = raw.get("changes") or {}
        findings: tuple[Finding, ...] = (*actions, *problems, *held, *latches)
        return cls(tuple(raw["keys"]), findings, raw["decision"], changes)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a judging: the state of each write and problem."""

    judging: Judging
    states: tuple[tuple[Wanted, State], ...]

    @property
    def wrote(self) -> bool:
        """Whether anything was changed in ClickUp."""
        return any(state == "done" for _, state in self.states)


class Executor:
    """Carries evaluations out, and takes up those that were cut off."""

    def __init__(self, store: Store, hands: Hands, holding: Holding, clock: Clock) -> None:
        self._store, self._hands, self._holding, self._clock = store, hands, holding, clock
        self._runs = RunLog(store)

    def carry_out(self, lane: str, judging: Judging) -> Done:
        """All its writes; a refused one does not stop the others.

        Raises:
            ClickUpMlopsError: the first refusal, after the others were tried; or ClickUp is away,
                and the rest waits for `resume`.
        """
        noted = not self._hands.shadow and judging.needs_note(lane)
        if noted:
            self._note(lane, judging)
        return self._go(lane, judging, None, noted=noted)

    def resume(self, lane: str, keys: Collection[str]) -> Iterator[Done]:
        """The rest of each judging that was cut off in this lane and whose events are among these.

        Call it after the lane's open writes were settled. Raises like `carry_out`.
        """
        asked: set[str] = set(keys)
        for name, note in self._store.notes.all(plans_of(lane)).items():
            judging = Judging.from_dict(note.value)
            if set(judging.keys) & asked:
                yield self._go(lane, judging, note.at_ms, noted=True)
            elif not any(map(self._may_come, judging.keys)):
                _log.warning("judging_dropped", lane=lane, keys=judging.keys)
                self._store.notes.remove(plans_of(lane), name)

    def _may_come(self, key: str) -> bool:
        """Whether the event waits to be handled, perhaps until somebody replays it."""
        row = self._store.inbox.by_key(key)
        return row is not None and row.state != DONE

    def _note(self, lane: str, judging: Judging) -> None:
        now = self._clock()
        self._store.notes.put(plans_of(lane), judging.keys[0], judging.to_dict(), now)

    def forget(self, task_id: str, automations: Iterable[str]) -> None:
        """The task is gone: what was under way or evaluated, and these automations' latches."""
        for name in self._store.notes.all(plans_of(task_id)):
            self._store.notes.remove(plans_of(task_id), name)
        for automation in automations:
            self._store.notes.remove(LATCH, latch_name(automation, task_id))
        self._store.evaluations.forget(task_id)

    def _go(self, lane: str, judging: Judging, since_ms: int | None, *, noted: bool) -> Done:
        states: list[tuple[Wanted, State]] = []
        refused: list[tuple[Wanted, ClickUpMlopsError]] = []
        left: Left = {}
        for wanted in _in_order(judging.findings):
            one = self._following(wanted, left)
            try:
                states.append((one, self._state(one, lane, since_ms)))
                _leave(left, *states[-1])
            except (*OPEN, Unauthorized):
                raise
            except ClickUpMlopsError as problem:
                states.append((one, "refused"))
                refused.append((one, problem))
                telemetry.ACTIONS.labels(one.automation, "refused").inc()
                _log.warning(
                    "action_refused",
                    automation=one.automation,
                    task=one.task_id,
                    problem=str(problem),
                )
        self._mirror([one for one, state in states if state == "done"])
        # What is left of a judging that was noted is done by whoever tries its event again.
        self._remember(lane, judging, {one.automation for one, _ in refused if not noted})
        if noted:
            self._latch(judging.latches, _idle(states))
            self._store.notes.remove(plans_of(lane), judging.keys[0], wait=False)
        self._runs.note(lane, states, refused, self._clock(), again=since_ms is not None)
        if refused:
            if noted:  # whoever tries the event again, or replays it, does what was refused alone
                rest = tuple(one for one, _ in refused)
                self._note(lane, Judging(tuple({one.cause: 0 for one in rest}), rest))
            raise refused[0][1]
        return Done(judging, tuple(states))

    def _remember(self, lane: str, judging: Judging, failed: Collection[str]) -> None:
        """Note what was evaluated, with the end of the events; not for who got nowhere."""
        for change, by in judging.changes.items():
            rest = {
                key: [automation for automation in automations if automation not in failed]
                for key, automations in by.items()
            }
            self._store.evaluations.put(lane, change, rest, self._clock())

    def _state(self, one: Wanted, lane: str, since_ms: int | None) -> State:
        if isinstance(one, Held):
            self._holding.hold(lane, one)
            telemetry.ACTIONS.labels(one.automation, "held").inc()
            _log.info(
                "action_held", automation=one.automation, task=one.task_id, until_ms=one.until_ms
            )
            return "held"
        if isinstance(one, Action) and (_is_so(one) or self._is_done(one, since_ms)):
            return "done"
        state = perform(one, self._hands, self._clock(), lane=lane).state
        if state == "capped":
            self._tell_once(one.automation)
        return state

    def _following(self, one: Wanted, left: Left) -> Wanted:
        """All were planned before the first was written: this one begins where that one ended."""
        if not isinstance(one, Action) or (one.task_id, one.change.kind) not in left:
            return one
        if self._hands.effects[one.change.effect].undo is not swapped:
            return one  # each makes a thing of its own
        before = left[one.task_id, one.change.kind]
        return replace(one, change=replace(one.change, before=before))

    def _tell_once(self, automation: str) -> None:
        """Log that the automation has reached its cap, once an hour."""
        now, known = self._clock(), self._store.notes.get(CAPPED, automation)
        if known is None or known.at_ms <= now - HOUR_MS:
            self._store.notes.put(CAPPED, automation, True, now)
            _log.warning(
                "automation_capped",
                automation=automation,
                hint="`clickup-mlops automations show` tells its cap.",
            )

    def _is_done(self, action: Action, since_ms: int | None) -> bool:
        """It was written before the crash (since then), or made a thing for this very event."""
        row = self._store.journal.latest_done(action.task_id, action.change.kind)
        if row is None or (row.automation, row.after) != (action.automation, action.change.after):
            return False
        again = row.cause == action.cause and row.receipt is not None
        return again or (since_ms is not None and row.begun_ms >= since_ms)

    def _mirror(self, done: Sequence[Wanted]) -> None:
        """What was written shows in the mirror, though no answer or echo has told the task anew."""
        changes: dict[str, list[Change]] = {}
        for one in done:
            if isinstance(one, Action):
                changes.setdefault(one.task_id, []).append(one.change)
        known = self._store.mirror.get_many([*changes]) if changes else {}
        for task_id, row in known.items():
            raw: Mapping[str, Any] = row.raw
            for change in changes[task_id]:
                raw = self._hands.effects[change.effect].patch(raw, change)
            if raw != row.raw:
                where, at_ms = self._hands.clickup.workspace_id, row.fetched_ms
                self._store.mirror.put_many(where, [raw], at_ms, seen=row.seen, wait=False)

    def _latch(self, latches: Sequence[Latch], idle: Collection[str]) -> None:
        """With the end of the events; an automation that has not acted is not latched."""
        for latch in latches:
            name = latch_name(latch.automation, latch.task_id)
            if not latch.on:
                self._store.notes.remove(LATCH, name, wait=False)
            elif latch.automation not in idle:
                self._store.notes.put(LATCH, name, True, self._clock(), wait=False)


def _leave(left: Left, one: Wanted, state: State) -> None:
    if isinstance(one, Action) and state == "done":
        left[one.task_id, one.change.kind] = one.change.after


def _is_so(action: Action) -> bool:
    """Another automation wanted the same because of the same event, and has written it."""
    return bool(action.change.before == action.change.after)


def _in_order(findings: Iterable[Finding]) -> list[Wanted]:
    """Without latches, writes first. Problems are told once all writes were tried: not with each
    new try. What is held is noted with the next write, which shall be the end of the events.
    """
    wanted = [one for one in findings if not isinstance(one, Latch)]
    return sorted(wanted, key=lambda one: (Action, Problem, Held).index(type(one)))


def _idle(states: Sequence[tuple[Wanted, State]]) -> set[str]:
    """Automations that wanted to act and have not."""
    acted = {one.automation for one, state in states if state in ("done", "refused")}
    return {one.automation for one, _ in states} - acted


def _action(change: Mapping[str, Any], chain: Sequence[Sequence[str]], **rest: Any) -> Action:
    links = tuple((cause, automation) for cause, automation in chain)
    return Action(change=Change(**change), chain=links, **rest)
