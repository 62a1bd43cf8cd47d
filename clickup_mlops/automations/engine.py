"""What the rules want done about one event. Pure: reads nothing but its arguments.

Each rule is judged by itself and each of its actions is planned by itself: whatever goes wrong
there becomes a `Problem` of that rule or action, and the others go on. Only what concerns the whole
event is raised: ClickUp or the store is away (`AWAY`), so that all of it has to be tried again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, TypeVar

from clickup_mlops.automations.cel import EvalError
from clickup_mlops.automations.model import (
    Action,
    Change,
    Finding,
    Held,
    Latch,
    Problem,
    Rule,
    Situation,
    Step,
    Unanswered,
)
from clickup_mlops.automations.variables import values_of
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.errors import (
    ClickUpMlopsError,
    RetryableApiError,
    StoreUnavailable,
    Unauthorized,
    UncertainWrite,
)
from clickup_mlops.routing.decision import Decision

HOPS: Final = 4
"""So many rules may act because of each other, unless configured otherwise."""
AWAY: Final = (RetryableApiError, UncertainWrite, StoreUnavailable, Unauthorized)
"""Nothing can be judged now; the event is tried again."""
_ASK_FIRST: Final = (
    "A field that is not set is not there: ask `has(...)` or `in` before reading it."
)
_CHAIN: Final = "Have one of them not listen for what the other writes, or raise automations.hops."
_BUG: Final = "An error in the program: the log has its traceback."
T = TypeVar("T")


def decide(
    rules: Iterable[Rule],
    event: Event,
    task: Task,
    now_ms: int,
    route: Callable[[], Decision],
    *,
    hops: int = HOPS,
    **around: Any,
) -> tuple[Finding, ...]:
    """`judge` for the parts of a situation; `around` are its further fields by name.

    `route` asks routing about this task; it is called only if a rule's verb needs it.
    """
    around.setdefault("metrics", {})
    return judge(rules, Situation(event, task, now_ms, route, **around), hops=hops)


def judge(rules: Iterable[Rule], situation: Situation, *, hops: int = HOPS) -> tuple[Finding, ...]:
    """Each rule's actions, in the order of the rules; a `Problem` for what failed.

    A rule is not offered the echo of its own write. After `hops` rules that acted because of each
    other the next one is stopped: that is a `Problem`, too.

    Raises:
        ClickUpMlopsError: one of `AWAY`, nothing else.
    """
    return tuple(
        finding
        for rule in rules
        for finding in _guarded(
            partial(_judged, rule, situation, hops), partial(_failed, rule, situation)
        )
    )


def listens(rule: Rule, kind: str, author: str = "") -> bool:
    """Whether the rule is offered events of this kind; `author`: the rule that caused it."""
    return rule.mode != "off" and kind in rule.on and rule.name != author


def _is_asked(rule: Rule, situation: Situation) -> bool:
    author = situation.chain[-1][1] if situation.chain else ""
    fits = (rule.per == "task") == bool(situation.task.id)
    named = situation.only in ("", rule.name)
    return fits and named and listens(rule, situation.event.kind, author)


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


def _judged(rule: Rule, situation: Situation, hops: int) -> tuple[Finding, ...]:
    if not _is_asked(rule, situation):
        return ()
    released = rule.until is not None and situation.latched(rule.name)
    condition = rule.until if released else rule.when
    answer = True if condition is None else condition.holds(values_of(situation))
    if isinstance(answer, EvalError):
        what = "until" if released else "condition"
        return (_unanswered(rule, situation, f"{what}: {answer.problem}"),)
    if not answer:
        return ()
    steps = rule.then if released else rule.do
    return _latched(rule, situation, _acting(rule, steps, situation, hops), on=not released)


def _acting(
    rule: Rule, steps: Sequence[Step], situation: Situation, hops: int
) -> tuple[Action | Problem | Held, ...]:
    """The rule's actions, and a problem in place of each that cannot be planned."""
    planned = tuple(
        finding
        for number, step in enumerate(steps, 1)
        for finding in _planned(rule, step, situation, f"action {number}, {step.name}")
    )
    if not any(isinstance(one, Action) for one in planned):
        return planned
    if len(situation.chain) >= hops:
        text = f"stopped after {hops} hops: {_path(rule, situation)}"
        return (_problem(rule, situation, text, hint=_CHAIN),)
    if rule.quiet and (until_ms := situation.quiet_until_ms) is not None:
        # All of it is judged again then, what cannot be planned now included.
        return (Held(rule.name, situation.task.id, situation.event, situation.chain, until_ms),)
    return planned


def _latched(
    rule: Rule, situation: Situation, acting: tuple[Action | Problem | Held, ...], *, on: bool
) -> tuple[Finding, ...]:
    """With the latch, if the rule has one and acts, be it in part; or has nothing to do.

    A rule none of whose actions could be planned is not latched: it has done nothing that could be
    doubled, and may act as soon as somebody has mended it. Released it is all the same: else an
    action in `then` that fails would keep it from ever acting again.
    """
    failed = [one for one in acting if isinstance(one, Problem)]
    acts = len(failed) < len(acting) or not acting or (not on and all(one.verb for one in failed))
    waits = any(isinstance(one, Held) for one in acting)
    if rule.until is None or waits or not acts or rule.mode_for(situation.task) != "on":
        return acting
    return (*acting, Latch(rule.name, situation.task.id, situation.event.key, on))


def _path(rule: Rule, situation: Situation) -> str:
    """The events and rules that led here, oldest first."""
    steps = [step for link in situation.chain for step in link]
    return " -> ".join([*steps, situation.event.key, rule.name])


def _unanswered(rule: Rule, situation: Situation, text: str) -> Problem:
    hint = _ASK_FIRST if "NOT_FOUND" in text else f"Correct it in {rule.file.name}."
    return _problem(rule, situation, text, hint=hint)


def _problem(
    rule: Rule,
    situation: Situation,
    text: str,
    *,
    verb: str = "",
    hint: str = "",
    bug: Exception | None = None,
) -> Problem:
    event = situation.event
    return Problem(rule.name, situation.task.id, event.key, text, verb, hint, event.kind, bug)


def _failed(
    rule: Rule, situation: Situation, problem: Exception, *, where: str = "", verb: str = ""
) -> Problem:
    """In words for the rule's author, who can mend it; else what was raised."""
    before = f"{where}: " if where else ""
    if isinstance(problem, Unanswered | ClickUpMlopsError):
        hint = problem.hint or f"Correct {rule.file.name}, or [automations.rules.{rule.name}]."
        return _problem(rule, situation, f"{before}{problem}", verb=verb, hint=hint)
    text = f"{before}{type(problem).__name__}: {problem}"
    return _problem(rule, situation, text, verb=verb, hint=_BUG, bug=problem)


def _planned(
    rule: Rule, step: Step, situation: Situation, where: str
) -> Iterator[Action | Problem]:
    """What the step does to each of its tasks; one that fails does not stop the others."""
    failed = partial(_failed, rule, situation, where=f"{where}: target", verb=step.name)
    for own in _guarded(partial(_targets, rule, step, situation), failed):
        if isinstance(own, Problem):
            yield own
        else:
            yield from _guarded(
                partial(_actions, rule, step, own),
                partial(_failed, rule, own, where=where, verb=step.name),
            )


def _actions(rule: Rule, step: Step, own: Situation) -> Iterator[Action]:
    about = own.about or own
    for change in _changes(step.verb.plan(own, step.options)):
        yield Action(
            rule=rule.name,
            verb=step.name,
            task_id=own.task.id,
            change=change,
            cause=own.event.key,
            mode=rule.mode_for(about.task),
            cap=rule.cap,
            chain=own.chain,
            event_kind=own.event.kind,
        )


def _targets(rule: Rule, step: Step, situation: Situation) -> Iterator[Situation]:
    """The situation of each task that the step is about."""
    if step.target == "self":
        yield replace(situation, rule=rule.name)
        return
    for one in situation.related(step.target):
        yield replace(
            situation, rule=rule.name, task=one.task, written=one.written, about=situation
        )


def _changes(planned: Change | Iterable[Change] | None) -> Iterable[Change]:
    if planned is None:
        return ()
    return (planned,) if isinstance(planned, Change) else planned
