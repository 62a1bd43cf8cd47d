"""What the rules want done about one event. Pure: reads nothing but its arguments."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.routing.decision import Decision
from clickup_mlops.rules.cel import EvalError
from clickup_mlops.rules.model import (
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
from clickup_mlops.rules.variables import values_of

HOPS: Final = 4
"""So many rules may act because of each other, unless configured otherwise."""


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
    """Each rule's actions, in the order of the rules; a `Problem` where a rule failed.

    A rule is not offered the echo of its own write. After `hops` rules that acted because of each
    other the next one is stopped: that is a `Problem`, too.
    """
    return tuple(finding for rule in rules for finding in _judged(rule, situation, hops))


def listens(rule: Rule, kind: str, author: str = "") -> bool:
    """Whether the rule is offered events of this kind; `author`: the rule that caused it."""
    return rule.mode != "off" and kind in rule.on and rule.name != author


def _is_asked(rule: Rule, situation: Situation) -> bool:
    author = situation.chain[-1][1] if situation.chain else ""
    fits = (rule.per == "task") == bool(situation.task.id)
    named = situation.only in ("", rule.name)
    return fits and named and listens(rule, situation.event.kind, author)


def _judged(rule: Rule, situation: Situation, hops: int) -> Iterable[Finding]:
    if not _is_asked(rule, situation):
        return ()
    released = rule.until is not None and situation.latched(rule.name)
    condition = rule.until if released else rule.when
    answer = True if condition is None else condition.holds(values_of(situation))
    if isinstance(answer, EvalError):
        return (_problem(rule, situation, f"condition: {answer.problem}"),)
    if not answer:
        return ()
    steps = rule.then if released else rule.do
    return _latched(rule, situation, _acting(rule, steps, situation, hops), on=not released)


def _acting(
    rule: Rule, steps: Sequence[Step], situation: Situation, hops: int
) -> tuple[Action | Problem | Held, ...]:
    """All of the rule's actions, or none and the reason."""
    try:
        actions = tuple(_actions(rule, steps, situation))
    except Unanswered as problem:
        return (_problem(rule, situation, str(problem)),)
    if actions and len(situation.chain) >= hops:
        text = f"stopped after {hops} hops: {_path(rule, situation)}"
        return (_problem(rule, situation, text),)
    if actions and rule.quiet and (until_ms := situation.quiet_until_ms) is not None:
        return (Held(rule.name, situation.task.id, situation.event, situation.chain, until_ms),)
    return actions


def _latched(
    rule: Rule, situation: Situation, acting: tuple[Action | Problem | Held, ...], *, on: bool
) -> Iterable[Finding]:
    """With the latch, if the rule has one and really acts."""
    acts = all(isinstance(one, Action) for one in acting)
    if rule.until is None or not acts or rule.mode_for(situation.task) != "on":
        return acting
    return (*acting, Latch(rule.name, situation.task.id, situation.event.key, on))


def _path(rule: Rule, situation: Situation) -> str:
    """The events and rules that led here, oldest first."""
    steps = [step for link in situation.chain for step in link]
    return " -> ".join([*steps, situation.event.key, rule.name])


def _problem(rule: Rule, situation: Situation, text: str) -> Problem:
    return Problem(rule.name, situation.task.id, situation.event.key, text)


def _actions(rule: Rule, steps: Sequence[Step], situation: Situation) -> Iterator[Action]:
    for step in steps:
        for own in _targets(rule, step, situation):
            for change in _changes(step.verb.plan(own, step.options)):
                yield Action(
                    rule=rule.name,
                    verb=step.name,
                    task_id=own.task.id,
                    change=change,
                    cause=situation.event.key,
                    mode=rule.mode_for(situation.task),
                    cap=rule.cap,
                    chain=situation.chain,
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
