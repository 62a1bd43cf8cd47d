"""What the automations want done about one event. Pure: reads nothing but its arguments.

Each automation is evaluated by itself and each of its actions is planned by itself: whatever goes
wrong there becomes a `Problem` of that automation or action, and the others go on. Only what
concerns the whole event is raised: ClickUp or the store is away (`AWAY`), so that all of it has to
be tried again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeVar

from clickup_mlops.automations.conditions.cel import EvalError
from clickup_mlops.automations.events import (
    OWN,
    is_delayed,
    is_for_parent,
    kinds_of,
    of_any_system,
    state_of,
)
from clickup_mlops.automations.model import (
    Action,
    Automation,
    Change,
    Finding,
    Held,
    Latch,
    Problem,
    Situation,
    Step,
    Unanswered,
)
from clickup_mlops.automations.occurrence import BY_BOT, OF_CHANGES, place_of
from clickup_mlops.automations.variables import values_of
from clickup_mlops.clickup.model import Event, HistoryItem, Task
from clickup_mlops.errors import (
    ClickUpMlopsError,
    RetryableApiError,
    StoreUnavailable,
    Unauthorized,
    UncertainWrite,
)
from clickup_mlops.routing.decision import Decision

HOPS: Final = 4
"""So many automations may act because of each other, unless configured otherwise."""
AWAY: Final = (RetryableApiError, UncertainWrite, StoreUnavailable, Unauthorized)
"""Nothing can be evaluated now; the event is tried again."""
_ASK_FIRST: Final = (
    "`task.fields` has only fields that are set: test with `has(...)` or `in` first."
)
_CHAIN: Final = "Have one of them not listen for what the other writes, or raise automations.hops."
_BUG: Final = "An error in the program: the log has its traceback."
_NOBODY: Final = frozenset[str]()
T = TypeVar("T")


def decide(
    automations: Iterable[Automation],
    event: Event,
    task: Task,
    now_ms: int,
    route: Callable[[], Decision],
    *,
    hops: int = HOPS,
    **fields: Any,
) -> tuple[Finding, ...]:
    """`evaluate` for the parts of a situation; `fields` are its further ones by name.

    `route` asks routing about this task; it is called only if an automation's action needs it.
    """
    return evaluate(automations, Situation(event, task, now_ms, route, **fields), hops=hops)


def evaluate(
    automations: Iterable[Automation], situation: Situation, *, hops: int = HOPS
) -> tuple[Finding, ...]:
    """Each automation's actions, in the order of the automations; a `Problem` for what failed.

    An automation is not asked about the echo of its own write. After `hops` automations that acted
    because of each other the next one is stopped: that is a `Problem`, too.

    Raises:
        ClickUpMlopsError: one of `AWAY`, nothing else.
    """
    return tuple(
        finding
        for automation in _select_asked(automations, situation)
        for finding in _guarded(
            partial(_evaluated, automation, situation, hops),
            partial(_failed, automation, situation),
        )
    )


class Listeners:
    """The automations that are not off, by what they listen for: built once, asked often."""

    def __init__(self, automations: Iterable[Automation] = ()) -> None:
        active = [automation for automation in automations if not automation.is_off]
        self._by_kind = _names_by((automation.on, automation.name) for automation in active)
        self._ignoring = _names_by((automation.ignore, automation.name) for automation in active)

    def __contains__(self, kind: str) -> bool:
        """Whether somebody listens for this kind of event."""
        return kind in self._by_kind

    def of(self, event: Event, *, is_own: bool = False) -> frozenset[str]:
        """The names of those that the event concerns; `is_own`: a write of the bot caused it."""
        names = self._by_kind.get(event.kind, _NOBODY)
        if state := state_of(event):
            names |= self._by_kind.get(of_any_system(state), _NOBODY)
        if not self._ignoring or not names:
            return names
        if is_own:
            names -= self._ignoring.get(BY_BOT, _NOBODY)
        if _reports_changes(event):
            names -= frozenset.intersection(*map(self._find_ignoring, event.items))
        return names

    def _find_ignoring(self, item: HistoryItem) -> frozenset[str]:
        sets = (self._ignoring.get(change, _NOBODY) for change in _name_change(item))
        return _NOBODY.union(*sets)


def listens(automation: Automation, event: Event, author: str = "") -> bool:
    """Whether the automation is asked about the event; `author`: the automation that caused it."""
    if automation.is_off or automation.name == author:
        return False
    is_heard = not automation.on.isdisjoint(kinds_of(event))
    return is_heard and not _is_ignored(automation, event, is_own=bool(author))


def _names_by(keys: Iterable[tuple[frozenset[str], str]]) -> Mapping[str, frozenset[str]]:
    names: dict[str, frozenset[str]] = {}
    for keys_of_name, name in keys:
        for key in keys_of_name:
            names[key] = names.get(key, _NOBODY) | {name}
    return names


def _is_ignored(automation: Automation, event: Event, *, is_own: bool) -> bool:
    if not automation.ignore:
        return False
    if is_own and event.webhook_id != OWN and BY_BOT in automation.ignore:
        return True
    return _reports_changes(event) and not any(
        automation.ignore.isdisjoint(_name_change(item)) for item in event.items
    )


def _reports_changes(event: Event) -> bool:
    return bool(event.items) and event.kind in OF_CHANGES and not event.creates


def _name_change(item: HistoryItem) -> tuple[str, str]:
    """How `ignore` names what an item reports."""
    return item.field, place_of(item)


def _select_asked(automations: Iterable[Automation], situation: Situation) -> list[Automation]:
    task, event, only = situation.task, situation.event, situation.only
    author = situation.chain[-1][1] if situation.chain else ""
    per = "workspace" if not task.id else "parent" if is_for_parent(event) else "task"
    kinds = kinds_of(event)
    return [
        automation
        for automation in automations
        if automation.per == per
        and automation.name != author
        and only in ("", automation.name)
        and not automation.on.isdisjoint(kinds)
        and automation.reaches(task)
        and not _is_ignored(automation, event, is_own=bool(author))
    ]


def _guarded(
    work: Callable[[], Iterable[T]], failed: Callable[[Exception], Problem]
) -> tuple[T | Problem, ...]:
    """What the work gives, or the problem in its place."""
    try:
        return tuple(work())
    except AWAY:
        raise
    except Exception as problem:
        return (failed(problem),)


def _evaluated(automation: Automation, situation: Situation, hops: int) -> tuple[Finding, ...]:
    latches = automation.until is not None
    released = latches and situation.latched(automation.name)
    condition = automation.until if released else automation.when
    answer = True if condition is None else condition.holds(values_of(situation))
    if isinstance(answer, EvalError):
        expression = "until" if released else "condition"
        return (_unanswered(automation, situation, f"{expression}: {answer.problem}"),)
    if not answer or (latches and situation.lookups.is_outdated(situation.event)):
        return ()
    if automation.after is not None and not released and not is_delayed(situation.event):
        return _delayed(automation, automation.after, situation)
    called_off = automation.unless.holds(values_of(situation)) if automation.unless else False
    if isinstance(called_off, EvalError):
        return (_unanswered(automation, situation, f"unless: {called_off.problem}"),)
    if called_off and not released:
        return ()
    steps = automation.then if released else automation.do
    return _latched(
        automation, situation, _acting(automation, steps, situation, hops), on=not released
    )


def _delayed(automation: Automation, after: timedelta, situation: Situation) -> tuple[Finding, ...]:
    """It is evaluated again then, once however often it is triggered meanwhile."""
    if situation.waits(automation.name):
        return ()
    until_ms = situation.now_ms + after // timedelta(milliseconds=1)
    return (_held(automation, situation, until_ms, delayed=True),)


def _held(
    automation: Automation, situation: Situation, until_ms: int, *, delayed: bool = False
) -> Held:
    return Held(
        automation.name, situation.task.id, situation.event, situation.chain, until_ms, delayed
    )


def _acting(
    automation: Automation, steps: Sequence[Step], situation: Situation, hops: int
) -> tuple[Action | Problem | Held, ...]:
    """The automation's actions, and a problem in place of each that cannot be planned."""
    planned = tuple(
        finding
        for number, step in enumerate(steps)
        for finding in _planned(automation, step, situation, _place(automation, steps, number))
    )
    if not any(isinstance(planned_finding, Action) for planned_finding in planned):
        return planned
    if len(situation.chain) >= hops:
        text = f"stopped after {hops} hops: {_path(automation, situation)}"
        return (_problem(automation, situation, text, hint=_CHAIN),)
    if automation.quiet and (until_ms := situation.quiet_until_ms) is not None:
        # All of it is evaluated again then, what cannot be planned now included.
        return (_held(automation, situation, until_ms),)
    return planned


def _latched(
    automation: Automation,
    situation: Situation,
    acting: tuple[Action | Problem | Held, ...],
    *,
    on: bool,
) -> tuple[Finding, ...]:
    """With the latch, if the automation has one and acts, be it in part; or has nothing to do.

    An automation none of whose actions could be planned is not latched: it has done nothing that
    could be doubled, and may act as soon as somebody has fixed it. Released it is all the same:
    else an action in `then` that fails would keep it from ever acting again.
    """
    failed = [finding for finding in acting if isinstance(finding, Problem)]
    acts = (
        len(failed) < len(acting)
        or not acting
        or (not on and all(finding.action for finding in failed))
    )
    waits = any(isinstance(finding, Held) for finding in acting)
    if automation.until is None or waits or not acts or automation.mode_for(situation.task) != "on":
        return acting
    return (*acting, Latch(automation.name, situation.task.id, situation.event.key, on))


def _path(automation: Automation, situation: Situation) -> str:
    """The events and automations that led here, oldest first."""
    steps = [step for link in situation.chain for step in link]
    return " -> ".join([*steps, situation.event.key, automation.name])


def _unanswered(automation: Automation, situation: Situation, text: str) -> Problem:
    hint = _ASK_FIRST if "NOT_FOUND" in text else f"Correct it in {automation.file.name}."
    return _problem(automation, situation, text, hint=hint)


def _problem(
    automation: Automation,
    situation: Situation,
    text: str,
    *,
    action: str = "",
    hint: str = "",
    bug: Exception | None = None,
) -> Problem:
    event = situation.event
    return Problem(
        automation.name, situation.task.id, event.key, text, action, hint, event.kind, bug
    )


def _failed(
    automation: Automation,
    situation: Situation,
    problem: Exception,
    *,
    where: str = "",
    action: str = "",
) -> Problem:
    """In words for the automation's author, who can fix it; else what was raised."""
    before = f"{where}: " if where else ""
    if isinstance(problem, Unanswered | ClickUpMlopsError):
        hint = (
            problem.hint
            or f"Correct {automation.file.name}, or [automations.by_name.{automation.name}]."
        )
        return _problem(automation, situation, f"{before}{problem}", action=action, hint=hint)
    text = f"{before}{type(problem).__name__}: {problem}"
    return _problem(automation, situation, text, action=action, hint=_BUG, bug=problem)


def plan_handed_over(
    automation: Automation, places: Iterable[str], situation: Situation
) -> tuple[Action | Problem, ...]:
    """The actions of these steps on the task of `own`; `own.about` is the situation that led there.

    Raises: as `evaluate`.
    """
    situation = replace(situation, automation=automation.name)
    steps = ((place, automation.step(place)) for place in places)
    return tuple(
        finding
        for place, step in steps
        if step is not None
        for finding in _planned_on(automation, step, situation, place)
    )


def _place(automation: Automation, steps: Sequence[Step], number: int) -> str:
    return f"{'do' if steps is automation.do else 'then'}.{number}"


def _planned(
    automation: Automation, step: Step, situation: Situation, place: str
) -> Iterator[Action | Problem]:
    """What the step does to each of its tasks; one that fails does not stop the others."""
    where = _named(step, place)
    applies = step.when is None or step.when.holds(values_of(situation))
    if isinstance(applies, EvalError):
        yield _unanswered(automation, situation, f"{where}: when: {applies.problem}")
        return
    if not applies:
        return
    where = f"{where}: target"
    failed = partial(_failed, automation, situation, where=where, action=step.name)
    for target in _guarded(partial(_targets, automation, step, situation), failed):
        if isinstance(target, Problem):
            yield target
        else:
            yield from _planned_on(automation, step, target, place)


def _planned_on(
    automation: Automation, step: Step, situation: Situation, place: str
) -> tuple[Action | Problem, ...]:
    return _guarded(
        partial(_actions, automation, step, situation, place),
        partial(_failed, automation, situation, where=_named(step, place), action=step.name),
    )


def _named(step: Step, place: str) -> str:
    """For people, who count from one."""
    return f"action {int(place.partition('.')[2]) + 1}, {step.name}"


def _actions(
    automation: Automation, step: Step, situation: Situation, place: str
) -> Iterator[Action]:
    about = situation.about or situation
    for change in _changes(step.action.plan(situation, step.options)):
        yield Action(
            automation=automation.name,
            action=step.name,
            task_id=situation.task.id,
            change=change,
            cause=situation.event.key,
            mode=automation.mode_for(about.task),
            cap=automation.cap,
            chain=situation.chain,
            event_kind=situation.event.kind,
            step=place,
        )


def _targets(automation: Automation, step: Step, situation: Situation) -> Iterator[Situation]:
    """The situation of each task that the step is about."""
    if step.target == "self":
        yield replace(situation, automation=automation.name)
        return
    for related in situation.related(step.target):
        yield replace(
            situation,
            automation=automation.name,
            task=related.task,
            written=related.written,
            about=situation,
        )


def _changes(planned: Change | Iterable[Change] | None) -> Iterable[Change]:
    if planned is None:
        return ()
    return (planned,) if isinstance(planned, Change) else planned
