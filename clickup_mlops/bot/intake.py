"""What the bot does about the events of one task: sift, read once, decide, write, remember.

Everything may be repeated after a crash at any point: writes are journalled before they are tried,
one with an unknown outcome is settled by reading the task, and what is there already is not
written again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from clickup_mlops import logs, telemetry
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.lanes import Postponed
from clickup_mlops.bot.people import People
from clickup_mlops.bot.reader import Reader, Wanted
from clickup_mlops.bot.surroundings import Surroundings
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.errors import NotFound
from clickup_mlops.routing.decision import URGENT, Decision
from clickup_mlops.routing.router import Router
from clickup_mlops.rules import engine
from clickup_mlops.rules.model import Action, Change, Finding, Problem, Rule, Written
from clickup_mlops.rules.names import ANY_NAMES, Names
from clickup_mlops.rules.perform import Hands, perform
from clickup_mlops.store import InboxRow, Store
from clickup_mlops.store.journal import DONE, JournalRow

CRON = "cron:"
"""Lanes of the scheduled jobs begin like this."""
DELETED = "taskDeleted"
NOT_SEEN = "not seen"
"""Outcome of a write that the task does not show: it never happened, or was overwritten."""
ON_ITS_WAY_MS = 1_000
"""So long a call that lost its caller may still be on its way to ClickUp."""

_log = logs.get()


@dataclass
class Case:
    """One task with its events, while they are handled. Routing is asked at most once."""

    task: Task
    events: Sequence[Event]
    decide: Callable[[], Decision]

    @cached_property
    def decision(self) -> Decision:
        """What routing wants."""
        return self.decide()

    @property
    def routed(self) -> Decision | None:
        """The decision, if any rule asked for it."""
        found: Decision | None = self.__dict__.get("decision")
        return found


class Intake:
    """`handle` gets the rows of one lane, oldest first. Raises what went wrong; safe to repeat."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        people: People,
        router: Router,
        *,
        surroundings: Surroundings,
        rules: Sequence[Rule],
        hands: Hands,
        clock: Clock,
        jobs: Mapping[str, Callable[[], object]],
        names: Names = ANY_NAMES,
    ) -> None:
        self._store, self._reader, self._people, self._router = store, reader, people, router
        self._surroundings, self._rules, self._hands = surroundings, rules, hands
        self._clock, self._jobs, self._names = clock, jobs, names

    def handle(self, rows: Sequence[InboxRow]) -> None:
        """Do what these events ask for.

        Raises:
            Postponed: waiting a little saves calls.
            BadPayload: an event cannot be read.
            ApiError: ClickUp did not do its part.
        """
        lane = rows[0].lane
        if lane.startswith(CRON):
            # A round that was missed needs no repetition: once is enough for all.
            self._jobs[lane.removeprefix(CRON)]()
            return
        events = [replace(webhook.parse(row.body), key=row.key) for row in rows]
        if events[0].task_id is not None:
            try:
                self._of_task(lane, rows, _newest_last(self._after_deletion(lane, events)))
            except Exception:
                self._store.flush()  # a second try in this thread must see what was done
                raise

    def _after_deletion(self, task_id: str, events: list[Event]) -> list[Event]:
        """What came after the task was deleted: usually nothing."""
        gone = max((n for n, event in enumerate(events) if event.kind == DELETED), default=-1)
        if gone >= 0:
            self._forget(task_id)
        return events[gone + 1 :]

    def _of_task(self, task_id: str, rows: Sequence[InboxRow], events: list[Event]) -> None:
        try:
            self._settle(task_id)
            if events := self._people.sift(events):
                task = self._reader.read(_wanted(task_id, rows))
                self._people.notice(task)
                self._act(task, events, heard_ms=min(row.received_ms for row in rows))
        except NotFound:
            self._forget(task_id)

    def _settle(self, task_id: str) -> None:
        """Find out what became of writes that were cut off: read, never repeat blindly."""
        unknown = self._unknown(task_id)
        if not unknown:
            return
        quiet_ms = max(row.begun_ms for row in unknown) + ON_ITS_WAY_MS
        if quiet_ms > self._clock():
            raise Postponed(quiet_ms)
        task = self._reader.read_now(task_id)
        for row in unknown:
            change = Change(row.kind, row.before, row.after, "", {})
            effect = self._hands.effects[change.effect]
            receipt = effect.find(self._hands.clickup, task, change)
            outcome = NOT_SEEN if receipt is None else DONE
            self._store.journal.finish(row.id, outcome, self._clock(), receipt=receipt)
            _log.info("write_settled", task=task_id, kind=row.kind, outcome=outcome)

    def _act(self, task: Task, events: Sequence[Event], *, heard_ms: int) -> None:
        case = self._case(task, events)
        promises = self._surroundings.promises
        with promises.lock:
            findings = self._findings(case)
            urgent = case.routed and case.routed.changes and case.routed.priority == URGENT
            if urgent:
                promises.make(task.list_id, task.id)
        try:
            states = {perform(one, self._hands, self._clock()).state for one in findings}
        finally:
            if urgent:
                self._kept(task)
        if "done" in states:
            telemetry.EVENT_TO_WRITE.observe(max(0, self._clock() - heard_ms) / 1000)
        self._remember(case, written=states <= {"done"})

    def _kept(self, task: Task) -> None:
        """The others in the list must count the task as Urgent in the mirror from now on."""
        try:
            self._store.flush()
        finally:
            self._surroundings.promises.keep(task.list_id, task.id)

    def _case(self, task: Task, events: Sequence[Event]) -> Case:
        def decide() -> Decision:
            now = self._clock()
            context = self._surroundings.of(task, events[-1].key, now)
            return self._router.route(task, context, now)

        return Case(task, events, decide)

    def _findings(self, case: Case) -> list[Finding]:
        """Each wanted change once, however many events ask for it."""
        found: dict[Any, Finding] = {}
        for event in case.events:
            now = self._clock()
            for one in engine.decide(
                self._rules,
                event,
                case.task,
                now,
                lambda: case.decision,
                written=lambda kind: self._written(case.task.id, kind),
                names=self._names,
            ):
                _note(found, one)
        return list(found.values())

    def _written(self, task_id: str, kind: str) -> Written | None:
        row = self._store.journal.latest_done(task_id, kind)
        return Written(row.after, row.receipt, row.begun_ms) if row else None

    def _remember(self, case: Case, *, written: bool) -> None:
        """Keep the decision, unless the last one says the same: that one set it.

        `written` False: the task was left as it is (shadow mode, or a rule's cap).
        """
        decision = case.routed
        if decision is None:
            return
        body = decision.to_dict() | {"written": written}
        latest = self._store.decisions.latest(decision.task_id)
        if latest is None or _gist(latest.body) != _gist(body):
            _count(decision)
            now = self._clock()
            self._store.decisions.put(decision.task_id, body, decision.cause, now, wait=False)

    def _forget(self, task_id: str) -> None:
        for row in self._unknown(task_id):
            self._store.journal.finish(row.id, NOT_SEEN, self._clock())
        self._store.mirror.remove(task_id)
        self._store.overrides.release(task_id)

    def _unknown(self, task_id: str) -> list[JournalRow]:
        return self._store.journal.unfinished(task_id)


def _wanted(task_id: str, rows: Sequence[InboxRow]) -> Wanted:
    changes = [row.event_ms for row in rows]
    return Wanted(
        task_id=task_id,
        list_id=next((row.list_id for row in reversed(rows) if row.list_id), None),
        # An event that does not tell when it happened can only be trusted by when it came.
        changed_ms=None if None in changes else max(ms for ms in changes if ms is not None),
        heard_ms=max(row.received_ms for row in rows),
    )


def _newest_last(events: list[Event]) -> list[Event]:
    """By the time of the change: ClickUp does not promise to deliver in order."""
    return sorted(events, key=lambda event: event.date_ms or 0)


def _note(found: dict[Any, Finding], one: Finding) -> None:
    """One write of a kind by a rule's step: what the newest event asks for holds."""
    if isinstance(one, Problem):
        found.setdefault((one.rule, one.text), one)
        return
    same = one.rule, one.step.name, one.change.kind
    older = found.get(same)
    if not isinstance(older, Action) or older.change.after != one.change.after:
        found[same] = one


def _count(decision: Decision) -> None:
    priority = str(decision.priority or "none")
    telemetry.DECISIONS.labels(decision.workload, priority, decision.rule).inc()
    if decision.source == "default":
        telemetry.ABSTENTIONS.inc()


def _gist(body: Mapping[str, Any]) -> list[Any]:
    names = ["priority", "rule", "workload", "tier", "source", "evidence", "confidence", "written"]
    if not body["written"]:
        names.append("before")
    return [body[name] for name in names]
