"""What became of routing's decision, told from what became of the writes."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from clickup_mlops.automations.model import Action, Held, Problem, Rule
from clickup_mlops.automations.perform import OPEN, State
from clickup_mlops.bot.handling.results.runs import Wanted
from clickup_mlops.errors import ClickUpMlopsError, Unauthorized
from clickup_mlops.routing.decision import moment, title
from clickup_mlops.routing.outcome import HOLDS, Outcome
from clickup_mlops.store.journal import DONE, FAILED, JournalRow

PRIORITY: Final = "priority"
ROUTE: Final = "route"
"""The verb that gives a task the priority that routing has decided."""
NOT_YET: Final = (*OPEN, Unauthorized)
"""After these the event is tried again, however long that takes."""
Became = tuple[Wanted, State]


def routing_rules(rules: Iterable[Rule]) -> dict[str, Rule]:
    """The automations that apply the policy, by name."""
    return {
        rule.name: rule
        for rule in rules
        if any(step.name == ROUTE for step in (*rule.do, *rule.then))
    }


def outcome(
    decision: Mapping[str, Any],
    states: Iterable[Became],
    rules: Mapping[str, Rule],
    *,
    shadow: bool,
    muted: Callable[[], Collection[str]],
) -> Outcome:
    """`rules`: those that apply the policy. `shadow`: the whole bot only looks. `muted` names the
    automations that leave the task alone; asked only if nothing else tells.
    """
    found = [one for one in states if one[0].rule in rules or _is_priority(one[0], decision)]
    if (written := _written(decision, found)) is not None:
        return written
    if decision["before"] == decision["priority"]:
        return _as_it_was(decision)
    for one, state in found:
        if (kept := _kept_back(one, state, rules, shadow=shadow)) is not None:
            return kept
    silent = sorted(set(rules) & set(muted()))
    return Outcome("muted", silent[0]) if silent else Outcome("unapplied")


def failure(
    decision: Mapping[str, Any],
    keys: Collection[str],
    problem: ClickUpMlopsError,
    newest: Iterable[JournalRow],
) -> Outcome:
    """When the writes because of these events ended with a problem. `newest` are the task's writes,
    newest first.
    """
    if decision["before"] == decision["priority"]:
        return _as_it_was(decision)
    mine = (row for row in newest if row.kind == PRIORITY and row.cause in keys)
    row = next(mine, None)
    by, ended = (row.rule, row.outcome) if row else ("", "")
    if row is not None and ended == DONE and row.after == decision["priority"]:
        return Outcome("written", by)
    if isinstance(problem, NOT_YET):
        return Outcome("pending", by, str(problem))
    return Outcome("refused", by, str(problem)) if ended == FAILED else Outcome("unknown")


def _as_it_was(decision: Mapping[str, Any]) -> Outcome:
    return Outcome("held" if decision["rule"] in HOLDS else "unchanged")


def _is_priority(one: Wanted, decision: Mapping[str, Any]) -> bool:
    if not isinstance(one, Action):
        return False
    return one.task_id == decision["task_id"] and one.change.kind == PRIORITY


def _written(decision: Mapping[str, Any], states: Iterable[Became]) -> Outcome | None:
    """By the last write of a priority, whoever made it."""
    done = [one for one, state in states if state == "done" and _is_priority(one, decision)]
    last = done[-1] if done else None
    if not isinstance(last, Action):
        return None
    if last.change.after == decision["priority"]:
        return Outcome("written", last.rule)
    return Outcome("superseded", last.rule, title(last.change.after))


def _kept_back(
    one: Wanted, state: State, rules: Mapping[str, Rule], *, shadow: bool
) -> Outcome | None:
    """Why the automation that applies the policy has written nothing; None: it is not about one."""
    if one.rule not in rules:
        return None
    if isinstance(one, Held):
        return Outcome("quiet", one.rule, moment(one.until_ms))
    if isinstance(one, Problem):
        return Outcome("failed", one.rule, one.text)
    if one.change.kind != PRIORITY:
        return None
    if state == "capped":
        return Outcome("capped", one.rule)
    canary = "canary" if rules[one.rule].mode == "canary" else ""
    return Outcome("shadow", "" if shadow else one.rule, "" if shadow else canary)
