"""Asks the automations about a task and its events, with all that they may look at."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from clickup_mlops import logs
from clickup_mlops.automations import engine
from clickup_mlops.automations.events import HANDOVER, is_concerned, of_any_system, state_of
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
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.evaluation import Evaluation, Part
from clickup_mlops.bot.handle.context.routing_context import RoutingContext
from clickup_mlops.bot.handle.lookups import StoreLookups
from clickup_mlops.bot.handle.occurrences import Occurrences, list_changes
from clickup_mlops.bot.internal_events import Handover, handover_from_note
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.bot.reservations import Places
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.routing.decision import URGENT, Decision
from clickup_mlops.routing.router import Router
from clickup_mlops.store.queries.task_memory import TaskMemories, TaskMemory
from clickup_mlops.store.tables.evaluations import Evaluations

_TRIES: Final = 20
"""So often a task is evaluated again because others in its List were faster."""
_NOBODY: Final = frozenset[str]()
_AGAIN_MS: Final = 100
"""So much later it is tried again after that."""

_log = logs.get()


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known of a task: `places` are its List's reservations, read before `memory`;
    `changes` are those whose evaluations it has.
    """

    memory: TaskMemory
    places: Places | None = None
    changes: Collection[str] = ()


class Evaluator:
    """Makes `Evaluation`s; writes nothing. `listeners` are the automations by kind of event."""

    def __init__(
        self,
        automations: Sequence[Automation],
        router: Router,
        routing_context: RoutingContext,
        lookups: StoreLookups,
        *,
        names: Names,
        settings: AutomationsSettings,
        clock: Clock,
        flush: Callable[[], None],
        evaluated: Evaluations,
        memories: TaskMemories,
    ) -> None:
        self.automations, self._router, self._routing_context = automations, router, routing_context
        self._lookups, self._names, self._settings = lookups, names, settings
        self._clock, self._flush, self._evaluated = clock, flush, evaluated
        self._memories = memories
        self.listeners = engine.listeners(automations)
        self._latching = [
            automation.name
            for automation in automations
            if automation.until is not None and not automation.is_off
        ]
        self._by_name = {automation.name: automation for automation in automations}

    def look(self, task: Task, events: Sequence[CausedEvent]) -> Sight:
        """All that the store knows and an evaluation for these events needs: one select."""
        places = self._routing_context.reservations.read(task.list_id)
        changes = list_changes(caused.event for caused in events)
        memory = self._memories.around(task.id, task.list_id, changes, self._clock())
        return Sight(memory, places, changes)

    def evaluate(self, task: Task, events: Sequence[CausedEvent], sight: Sight) -> Evaluation:
        """What is wanted. Give it to `release` once it is executed, whatever came of it: until then
        an Urgent that it gives counts for its List's cap. `sight`: what is known of the task.

        Raises:
            Postponed: others in the List were faster, again and again.
        """
        reservations = self._routing_context.reservations
        memory = sight.memory
        muted = self._lookups.muted(task.id) if memory.is_muted else frozenset[str]()
        for number in range(_TRIES):
            places = None if number else sight.places
            routing = self._routing(task, events, memory, places)
            evaluation = self._evaluate(task, events, routing, muted, sight)
            decision = routing.decision
            if decision is None or not decision.changes or decision.priority != URGENT:
                return evaluation
            if reservation := reservations.reserve(task.list_id, task.id, routing.version):
                return replace(evaluation, reservation=reservation)
        raise Postponed(self._clock() + _AGAIN_MS)

    def listening(self, event: Event) -> frozenset[str]:
        """The names of the automations that listen for the event."""
        listeners = self.listeners.get(event.kind, _NOBODY)
        if state := state_of(event):
            listeners |= self.listeners.get(of_any_system(state), _NOBODY)
        return listeners

    def release(self, evaluation: Evaluation) -> None:
        """It is executed, or failed."""
        if evaluation.reservation is None:
            return
        try:
            self._flush()  # from now on the others in the List must see it in the mirror
        finally:
            self._routing_context.reservations.release(evaluation.reservation)

    def wants(self, automation: Automation, task: Task, event: CausedEvent) -> bool:
        """Whether the automation would do anything about the task."""
        situation = self._situation(task, event, self._routing(task, [event]))
        return bool(engine.evaluate([automation], situation, hops=self._settings.hops))

    def _routing(
        self,
        task: Task,
        events: Sequence[CausedEvent],
        memory: TaskMemory | None = None,
        places: Places | None = None,
    ) -> "_Routing":
        cause = events[-1].event.key
        context = self._routing_context
        return _Routing(self._router, context, task, cause, memory=memory, places=places)

    def _evaluate(
        self,
        task: Task,
        events: Sequence[CausedEvent],
        routing: "_Routing",
        muted: frozenset[str],
        sight: Sight,
    ) -> Evaluation:
        """Each wanted change once, however many events ask for it."""
        findings: list[Part] = []
        situation = self._situation(task, events[0], routing)
        occurrences = Occurrences(self._evaluated, task.id, sight.changes, sight.memory.evaluated)
        for caused in events:
            if caused.event.kind == HANDOVER:
                findings += self._handed_over(caused, situation, muted)
                continue
            author = {caused.chain[-1][1]} if caused.chain else set()
            names = self.listening(caused.event) - muted - author
            listening = [
                automation
                for automation in self.automations
                if automation.name in names and is_concerned(caused.event, automation.on)
            ]
            for view in occurrences.views(caused.event, listening):
                # `seen`: the variables that were read are another event's.
                view_situation = replace(
                    situation, event=view.event, chain=caused.chain, only=caused.only, seen={}
                )
                view_findings = engine.evaluate(
                    view.automations, view_situation, hops=self._settings.hops
                )
                occurrences.evaluated(view, view_findings)
                findings += _for_lanes(view_findings, view_situation)
        keys = tuple(caused.event.key for caused in events)
        decision = routing.decision.to_dict() if routing.decision else None
        return Evaluation(keys, _merged(findings), decision, occurrences.changes)

    def _handed_over(
        self, caused: CausedEvent, situation: Situation, muted: frozenset[str]
    ) -> tuple[Finding, ...]:
        """What an automation wants of this task because of an event of another one."""
        handover = handover_from_note(caused.event.raw["handover"])
        automation = self._by_name.get(handover.automation)
        cause = self._lookups.task(handover.about)
        if automation is None or automation.is_off or handover.automation in muted or cause is None:
            _log.info("handover_dropped", automation=handover.automation, task=handover.task_id)
            return ()
        event = CausedEvent(handover.event, handover.chain)
        about = self._situation(cause, event, self._routing(cause, [event]))
        about = replace(about, automation=automation.name)
        target_situation = replace(
            about,
            task=situation.task,
            route=situation.route,
            route_released=situation.route_released,
            written=situation.written,
            about=about,
        )
        return engine.plan_handed_over(automation, handover.steps, target_situation)

    def _situation(self, task: Task, caused: CausedEvent, routing: "_Routing") -> Situation:
        now, lookups = self._clock(), self._lookups
        latches = cache(lambda: lookups.latched(self._latching, task.id))
        return Situation(
            caused.event,
            task,
            now,
            lambda: routing.decide(now),
            route_released=lambda: routing.decide(now, released=True),
            written=lambda kind: lookups.latest_write(task.id, kind),
            names=self._names,
            chain=caused.chain,
            only=caused.only,
            latched=lambda automation: automation in latches(),
            waits=lambda automation: lookups.waits(automation, task.id),
            related=cache(lambda target: lookups.related(task, target)),
            lookups=lookups.for_task(task, routing.memory),
            quiet_until_ms=self._settings.quiet.ends_ms(now),
        )


class _Routing:
    """Routing's decision about one task, asked for at most once, and only by who needs it; and once
    more if an automation ends its hold: then it is decided anew.

    `version` is that of the List's reservations which the decision counts on.
    """

    def __init__(
        self,
        router: Router,
        context: RoutingContext,
        task: Task,
        cause: str,
        *,
        memory: TaskMemory | None,
        places: Places | None,
    ) -> None:
        self._router, self._context, self._task, self._cause = router, context, task, cause
        self.memory, self._places = memory, places
        self.decision: Decision | None = None
        self._released = False
        self.version = 0

    def decide(self, now_ms: int, *, released: bool = False) -> Decision:
        if self.decision is None or (released and not self._released):
            context, self.version = self._context.versioned(
                self._task, self._cause, now_ms, self.memory, self._places
            )
            if released and context.override and context.override.automation:
                context = replace(context, override=None)
            self._released = released
            self.decision = self._router.route(self._task, context, now_ms)
        return self.decision


def _for_lanes(findings: Iterable[Finding], situation: Situation) -> list[Part]:
    """The findings, with a handover in place of the actions on each other task."""
    parts: list[Part] = []
    actions_elsewhere: dict[tuple[str, str], list[Action]] = {}
    for finding in findings:
        if isinstance(finding, Action) and finding.task_id != situation.task.id:
            actions_elsewhere.setdefault((finding.automation, finding.task_id), []).append(finding)
        else:
            parts.append(finding)
    return [*parts, *(_handover(actions, situation) for actions in actions_elsewhere.values())]


def _handover(actions: Sequence[Action], situation: Situation) -> Handover:
    return Handover(
        actions[0].automation,
        actions[0].task_id,
        situation.task.id,
        situation.event,
        actions[0].chain,
        tuple(dict.fromkeys(action.step for action in actions)),
        tuple(dict.fromkeys(action.action for action in actions)),
    )


def _merged(findings: Iterable[Part]) -> tuple[Part, ...]:
    """One write of a kind by an automation's step: what the newest event asks for holds."""
    parts: dict[Any, Part] = {}
    for part in findings:
        if isinstance(part, Latch):
            parts[part.automation, "latch"] = part
        elif isinstance(part, Problem | Held):
            parts.setdefault((part.automation, part.describe()), part)
        elif isinstance(part, Handover):
            parts[part.automation, part.task_id, part.cause] = part
        else:
            key = part.automation, part.action, part.task_id, part.change.kind
            older = parts.get(key)
            if not isinstance(older, Action) or older.change.after != part.change.after:
                parts[key] = part
    return tuple(parts.values())
