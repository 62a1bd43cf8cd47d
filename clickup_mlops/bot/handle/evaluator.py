"""Asks the automations about a task and its events, with all that they may look at."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from clickup_mlops import logs
from clickup_mlops.automations import engine
from clickup_mlops.automations.events import (
    BACKFILL,
    HANDOVER,
    OWN,
    SUBTASK,
    is_concerned,
    is_for_parent,
)
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
from clickup_mlops.bot.handle.occurrences import Occurrences, View, list_changes
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


@dataclass(frozen=True, slots=True)
class _Answer:
    """What automations want because of an event; `findings`: before they are shared out to lanes.

    `view`: the event as they see it; None: they were asked by another task's lane.
    """

    parts: tuple[Part, ...]
    view: View | None = None
    findings: tuple[Finding, ...] = ()


class Evaluator:
    """Makes `Evaluation`s; writes nothing. `listeners`: those that are not off."""

    def __init__(
        self,
        automations: Sequence[Automation],
        router: Router,
        routing_context: RoutingContext,
        lookups: StoreLookups,
        *,
        names: Names,
        settings: AutomationsSettings,
        zone: str,
        clock: Clock,
        flush: Callable[[], None],
        evaluated: Evaluations,
        memories: TaskMemories,
    ) -> None:
        self.automations, self._router, self._routing_context = automations, router, routing_context
        self._lookups, self._names, self._settings = lookups, names, settings
        self._zone = zone
        self._clock, self._flush, self._evaluated = clock, flush, evaluated
        self._memories = memories
        self.listeners = engine.Listeners(automations)
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
        space_id, now = task.space_id or "", self._clock()
        memory = self._memories.around(task.id, task.list_id, space_id, changes, now)
        return Sight(memory, places, changes)

    def evaluate(self, task: Task, events: Sequence[CausedEvent], sight: Sight) -> Evaluation:
        """What is wanted because of the first events, most often all; the others have to wait until
        it is executed. Give it to `release` then, whatever came of it: until then an Urgent that it
        gives counts for its List's cap. `sight`: what is known of the task.

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
        """Each wanted change once, however many events ask for it. It ends before an event for
        which an automation goes back on what it wants because of an earlier one: the task has to be
        read first, as that leaves it.
        """
        findings: list[Part] = []
        situation = self._situation(task, events[0], routing)
        latches = _Latches(situation.latched)
        situation = replace(situation, latched=latches.is_on)
        occurrences = Occurrences(self._evaluated, task.id, sight.changes, sight.memory.evaluated)
        keys: list[str] = []
        for caused in events:
            answers = [*self._ask(caused, situation, muted, occurrences)]
            parts = [part for answer in answers for part in answer.parts]
            if latches.are_turned_back(parts):
                break
            findings += latches.note(parts)
            for answer in answers:
                if answer.view is not None:
                    occurrences.evaluated(answer.view, answer.findings)
            keys.append(caused.event.key)
        decision = routing.decision.to_dict() if routing.decision else None
        return Evaluation(tuple(keys), _merged(findings), decision, occurrences.changes)

    def _ask(
        self,
        caused: CausedEvent,
        situation: Situation,
        muted: frozenset[str],
        occurrences: Occurrences,
    ) -> Iterator[_Answer]:
        """All automations that the event concerns."""
        if caused.event.kind == HANDOVER:
            yield _Answer(self._handed_over(caused, situation, muted))
            return
        author = {caused.chain[-1][1]} if caused.chain else set()
        is_own = bool(caused.chain) and caused.event.webhook_id != OWN
        names = self.listeners.of(caused.event, is_own=is_own) - muted - author
        listening = [automation for automation in self.automations if automation.name in names]
        if caused.event.kind == BACKFILL:
            listening = [
                automation for automation in listening if is_concerned(caused.event, automation.on)
            ]
        for view in occurrences.views(caused.event, listening):
            # `seen`: the variables that were read are another event's.
            view_situation = replace(
                situation, event=view.event, chain=caused.chain, only=caused.only, seen={}
            )
            findings = engine.evaluate(view.automations, view_situation, hops=self._settings.hops)
            findings = self._without_choices(findings, situation.task, view.event)
            parts = _for_lanes(findings, view_situation)
            parts += _for_parent(view.automations, view_situation)
            yield _Answer(tuple(parts), view, findings)

    def _without_choices(
        self, findings: tuple[Finding, ...], task: Task, event: Event
    ) -> tuple[Finding, ...]:
        """What others have chosen since the event stays, as if it had been handled when it came."""
        if not findings or not self._lookups.is_late(task, event):
            return findings
        actions = [finding for finding in findings if isinstance(finding, Action)]
        kinds = {action.change.kind for action in actions if action.task_id == task.id}
        chosen = self._lookups.changed_since(task, event, kinds)
        return tuple(
            replace(finding, is_overtaken=True)
            if isinstance(finding, Action)
            and finding.task_id == task.id
            and finding.change.kind in chosen
            else finding
            for finding in findings
        )

    def _handed_over(
        self, caused: CausedEvent, situation: Situation, muted: frozenset[str]
    ) -> tuple[Part, ...]:
        """What an automation wants of this task because of an event of another one."""
        handover = handover_from_note(caused.event.raw["handover"])
        automation = self._by_name.get(handover.automation)
        cause = self._lookups.task(handover.about)
        if automation is None or automation.is_off or handover.automation in muted or cause is None:
            _log.info("handover_dropped", automation=handover.automation, task=handover.task_id)
            return ()
        if not handover.steps:
            return self._of_subtask(automation, handover, situation)
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
        findings = engine.plan_handed_over(automation, handover.steps, target_situation)
        return self._without_choices(findings, situation.task, handover.event)

    def _of_subtask(
        self, automation: Automation, handover: Handover, situation: Situation
    ) -> tuple[Part, ...]:
        """What it wants of this task because of an event of a subtask."""
        raw = {**handover.event.raw, SUBTASK: handover.about}
        event = replace(handover.event, task_id=situation.task.id, webhook_id=OWN, raw=raw)
        of_subtask = replace(
            situation, event=event, chain=handover.chain, only=automation.name, seen={}
        )
        findings = engine.evaluate([automation], of_subtask, hops=self._settings.hops)
        findings = self._without_choices(findings, situation.task, handover.event)
        return tuple(_for_lanes(findings, of_subtask))

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
            zone=self._zone,
        )


class _Latches:
    """Which automations wait for their `until`, also because of an earlier event of the same
    evaluation.
    """

    def __init__(self, is_on: Callable[[str], bool]) -> None:
        self._was_on, self._changed = is_on, dict[str, bool]()

    def is_on(self, automation: str) -> bool:
        """Whether this one does."""
        return self._changed.get(automation, False) or (
            automation not in self._changed and self._was_on(automation)
        )

    def are_turned_back(self, findings: Sequence[Part]) -> bool:
        """Whether one of these undoes what an earlier event latched or released."""
        return any(
            isinstance(finding, Latch)
            and self._changed.get(finding.automation, finding.on) != finding.on
            for finding in findings
        )

    def note(self, findings: Sequence[Part]) -> Sequence[Part]:
        """The findings; what they latch and release counts from now on."""
        for finding in findings:
            if isinstance(finding, Latch):
                self._changed[finding.automation] = finding.on
        return findings


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
            policies = self.memory.policies if self.memory else None
            self.decision = self._router.route(self._task, context, now_ms, policies)
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


def _for_parent(automations: Iterable[Automation], situation: Situation) -> Iterator[Handover]:
    """The event, for those that are evaluated for the task's parent, in the lane of that. What was
    evaluated for a parent is not handed on to its own.
    """
    parent_id, event = situation.task.parent_id, situation.event
    if not parent_id or is_for_parent(event):
        return
    for automation in automations:
        if automation.per == "parent" and situation.only in ("", automation.name):
            task_id = situation.task.id
            yield Handover(
                automation.name, parent_id, task_id, event, situation.chain, (), ("evaluate",)
            )


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
            if (
                not isinstance(older, Action)
                or older.is_overtaken
                or older.change.after != part.change.after
            ):
                parts[key] = part
    return tuple(parts.values())
