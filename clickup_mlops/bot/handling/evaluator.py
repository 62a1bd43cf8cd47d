"""Asks the automations about a task and its events, with all that they may look at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from clickup_mlops.automations import engine
from clickup_mlops.automations.model import (
    Action,
    Automation,
    Finding,
    Held,
    Latch,
    Problem,
    Situation,
)
from clickup_mlops.automations.names import Names
from clickup_mlops.automations.settings import AutomationsSettings
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handling.context.reservations import Reservation
from clickup_mlops.bot.handling.context.routing_context import RoutingContext
from clickup_mlops.bot.handling.echoes import Heard
from clickup_mlops.bot.handling.executor import Judging
from clickup_mlops.bot.handling.lookups import Lookups
from clickup_mlops.bot.handling.occurrences import Occurrences
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.decision import URGENT, Decision
from clickup_mlops.routing.router import Router
from clickup_mlops.store.tables.evaluations import Evaluations

_TRIES: Final = 20
"""So often a task is judged again because others in its List were faster."""
_AGAIN_MS: Final = 100
"""So much later it is tried again after that."""


@dataclass
class Case:
    """One task with its events, while one thread judges them. Routing is asked at most once."""

    task: Task
    heard: Sequence[Heard]
    decide: Callable[[], Decision]
    routed: Decision | None = None
    """The decision, if any automation asked for it."""

    def decision(self) -> Decision:
        """What routing wants."""
        if self.routed is None:
            self.routed = self.decide()
        return self.routed


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is wanted, and the place among its List's Urgent tasks if routing gives it one."""

    judging: Judging
    reservation: Reservation | None = None


class Evaluator:
    """Makes `Judging`s; writes nothing."""

    def __init__(
        self,
        automations: Sequence[Automation],
        router: Router,
        routing_context: RoutingContext,
        lookups: Lookups,
        *,
        names: Names,
        settings: AutomationsSettings,
        clock: Clock,
        flush: Callable[[], None],
        evaluated: Evaluations,
    ) -> None:
        self.automations, self._router, self._routing_context = automations, router, routing_context
        self._lookups, self._names, self._settings = lookups, names, settings
        self._clock, self._flush, self._evaluated = clock, flush, evaluated

    def wants(self, automation: Automation, task: Task, heard: Heard) -> bool:
        """Whether the automation would do anything about the task."""
        case = self._case(task, [heard])
        return bool(
            engine.judge([automation], self._situation(case, heard), hops=self._settings.hops)
        )

    def listened(self, kind: str, author: str) -> bool:
        """Whether an automation other than this one wants to hear of such events."""
        return any(engine.listens(automation, kind, author) for automation in self.automations)

    def evaluate(self, task: Task, heard: Sequence[Heard]) -> Evaluation:
        """What is wanted. Give it to `release` when it is carried out, whatever came of it: until
        then an Urgent that it gives counts for its List's cap.

        Raises:
            Postponed: others in the List were faster, again and again.
        """
        reservations = self._routing_context.reservations
        for _ in range(_TRIES):
            version = reservations.version(task.list_id)
            case = self._case(task, heard)
            judging = self._judged(case)
            if not (case.routed and case.routed.changes and case.routed.priority == URGENT):
                return Evaluation(judging)
            if reservation := reservations.reserve(task.list_id, task.id, version):
                return Evaluation(judging, reservation)
        raise Postponed(self._clock() + _AGAIN_MS)

    def release(self, evaluation: Evaluation) -> None:
        """It was carried out, or failed."""
        if evaluation.reservation is None:
            return
        try:
            self._flush()  # from now on the others in the List must see it in the mirror
        finally:
            self._routing_context.reservations.release(evaluation.reservation)

    def _case(self, task: Task, heard: Sequence[Heard]) -> Case:
        def decide() -> Decision:
            now = self._clock()
            context = self._routing_context.of(task, heard[-1].event.key, now)
            return self._router.route(task, context, now)

        return Case(task, heard, decide)

    def _judged(self, case: Case) -> Judging:
        """Each wanted change once, however many events ask for it."""
        found: dict[Any, Finding] = {}
        muted = self._lookups.muted(case.task.id)
        automations = [
            automation for automation in self.automations if automation.name not in muted
        ]
        occurrences = Occurrences(self._evaluated, case.task.id)
        for one in case.heard:
            for event, asked in occurrences.offers(automations, one):
                situation = self._situation(case, replace(one, event=event))
                findings = engine.judge(asked, situation, hops=self._settings.hops)
                occurrences.evaluated(event, asked, findings)
                for finding in findings:
                    _note(found, finding)
        keys = tuple(one.event.key for one in case.heard)
        decision = case.routed.to_dict() if case.routed else None
        return Judging(keys, tuple(found.values()), decision, occurrences.changes)

    def _situation(self, case: Case, heard: Heard) -> Situation:
        task, now, lookups = case.task, self._clock(), self._lookups
        return Situation(
            heard.event,
            task,
            now,
            case.decision,
            {},
            written=lambda kind: lookups.written(task.id, kind),
            names=self._names,
            chain=heard.chain,
            only=heard.only,
            latched=lambda automation: lookups.latched(automation, task.id),
            quiet_until_ms=self._settings.quiet.ends_ms(now),
            related=lambda target: lookups.related(task, target),
            around=lookups.around(task),
        )


def _note(found: dict[Any, Finding], one: Finding) -> None:
    """One write of a kind by an automation's step: what the newest event asks for holds."""
    if isinstance(one, Latch):
        found[one.automation, "latch"] = one
    elif isinstance(one, Problem | Held):
        found.setdefault((one.automation, one.describe()), one)
    else:
        same = one.automation, one.action, one.task_id, one.change.kind
        older = found.get(same)
        if not isinstance(older, Action) or older.change.after != one.change.after:
            found[same] = one
