"""What the rules want done about one event. Pure: reads nothing but its arguments."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.routing.decision import Decision
from clickup_mlops.rules.cel import EvalError
from clickup_mlops.rules.model import (
    Action,
    Change,
    Finding,
    Problem,
    Rule,
    Situation,
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


def _judged(rule: Rule, situation: Situation, hops: int) -> Iterable[Finding]:
    author = situation.chain[-1][1] if situation.chain else ""
    if not listens(rule, situation.event.kind, author):
        return ()
    answer = True if rule.when is None else rule.when.holds(values_of(situation))
    if isinstance(answer, EvalError):
        return (_problem(rule, situation, f"condition: {answer.problem}"),)
    return _acting(rule, situation, hops) if answer else ()


def _acting(rule: Rule, situation: Situation, hops: int) -> Iterable[Finding]:
    """All of the rule's actions, or none and the reason."""
    try:
        actions = tuple(_actions(rule, situation))
    except Unanswered as problem:
        return (_problem(rule, situation, str(problem)),)
    if actions and len(situation.chain) >= hops:
        text = f"stopped after {hops} hops: {_path(rule, situation)}"
        return (_problem(rule, situation, text),)
    return actions


def _path(rule: Rule, situation: Situation) -> str:
    """The events and rules that led here, oldest first."""
    steps = [step for link in situation.chain for step in link]
    return " -> ".join([*steps, situation.event.key, rule.name])


def _problem(rule: Rule, situation: Situation, text: str) -> Problem:
    return Problem(rule.name, situation.task.id, situation.event.key, text)


def _actions(rule: Rule, situation: Situation) -> Iterator[Action]:
    own = replace(situation, rule=rule.name)
    for step in rule.do:
        for change in _changes(step.verb.plan(own, step.options)):
            yield Action(
                rule=rule.name,
                verb=step.name,
                task_id=situation.task.id,
                change=change,
                cause=situation.event.key,
                mode=rule.mode,
                cap=rule.cap,
                chain=situation.chain,
            )


def _changes(planned: Change | Iterable[Change] | None) -> Iterable[Change]:
    if planned is None:
        return ()
    return (planned,) if isinstance(planned, Change) else planned
