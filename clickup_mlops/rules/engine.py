"""What the rules want done about one event. Pure: reads nothing but its arguments."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

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
    Written,
    nothing_written,
)
from clickup_mlops.rules.names import ANY_NAMES, Names
from clickup_mlops.rules.variables import values_of


def decide(
    rules: Iterable[Rule],
    event: Event,
    task: Task,
    now_ms: int,
    route: Callable[[], Decision],
    *,
    metrics: Mapping[str, float] | None = None,
    written: Callable[[str], Written | None] = nothing_written,
    names: Names = ANY_NAMES,
) -> tuple[Finding, ...]:
    """Each rule's actions, in the order of the rules; a `Problem` where a condition failed.

    `route` asks routing about this task; it is called only if a rule's verb needs it.
    `written` tells the bot's latest write of a kind on this task; `names` finds people and places.
    """
    situation = Situation(event, task, now_ms, route, metrics or {}, written=written, names=names)
    return tuple(finding for rule in rules for finding in _judged(rule, situation))


def _judged(rule: Rule, situation: Situation) -> Iterable[Finding]:
    if rule.mode == "off" or situation.event.kind not in rule.on:
        return ()
    answer = True if rule.when is None else rule.when.holds(values_of(situation))
    if isinstance(answer, EvalError):
        return (_problem(rule, situation, f"condition: {answer.problem}"),)
    return _acting(rule, situation) if answer else ()


def _acting(rule: Rule, situation: Situation) -> Iterable[Finding]:
    """All of the rule's actions, or none and the reason."""
    try:
        return tuple(_actions(rule, situation))
    except Unanswered as problem:
        return (_problem(rule, situation, str(problem)),)


def _problem(rule: Rule, situation: Situation, text: str) -> Problem:
    return Problem(rule.name, situation.task.id, situation.event.key, text)


def _actions(rule: Rule, situation: Situation) -> Iterator[Action]:
    own = replace(situation, rule=rule.name)
    for step in rule.do:
        for change in _changes(step.verb.plan(own, step.options)):
            yield Action(
                rule=rule.name,
                step=step,
                task_id=situation.task.id,
                change=change,
                cause=situation.event.key,
                mode=rule.mode,
                cap=rule.cap,
            )


def _changes(planned: Change | Iterable[Change] | None) -> Iterable[Change]:
    if planned is None:
        return ()
    return (planned,) if isinstance(planned, Change) else planned
