"""The outcome of routing's decision, by the outcomes of the writes. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from clickup_mlops.automations.model import Action, Automation, Held, Problem
from clickup_mlops.automations.perform import OPEN, State
from clickup_mlops.bot.evaluation import Executable, Refusal
from clickup_mlops.bot.internal_events import Handover
from clickup_mlops.errors import ClickUpMlopsError, Unauthorized
from clickup_mlops.routing.decision import format_moment, format_priority
from clickup_mlops.routing.outcome import HOLDS, Outcome
from clickup_mlops.store.journal_rows import DONE, FAILED, JournalRow

PRIORITY: Final = "priority"
ROUTE: Final = "route"
"""The action that gives a task the priority that routing has decided."""
NOT_YET: Final = (*OPEN, Unauthorized)
"""After these the event is tried again, however long that takes."""
ExecutableState = tuple[Executable, State]


def routing_automations(automations: Iterable[Automation]) -> dict[str, Automation]:
    """The automations that apply the policy, by name."""
    return {
        automation.name: automation
        for automation in automations
        if any(step.name == ROUTE for step in (*automation.do, *automation.then))
    }


def outcome(
    decision: Mapping[str, Any],
    states: Iterable[ExecutableState],
    automations: Mapping[str, Automation],
    *,
    refusals: Iterable[Refusal],
    shadow: bool,
    muted: Callable[[], Collection[str]],
) -> Outcome:
    """`automations`: those that apply the policy. `shadow`: the bot writes nothing. `muted` names
    the automations that leave the task alone; asked only if nothing else explains it.
    """
    policy_states = [
        executable
        for executable in states
        if executable[0].automation in automations or _is_priority(executable[0], decision)
    ]
    if (written_outcome := _outcome_of_write(decision, policy_states)) is not None:
        return written_outcome
    if decision["before"] == decision["priority"]:
        return _as_it_was(decision)
    for executable, problem in refusals:
        if _is_priority(executable, decision) and executable.automation in automations:
            return Outcome("refused", executable.automation, str(problem))
    for executable, state in policy_states:
        if (kept_back := _kept_back(executable, state, automations, shadow=shadow)) is not None:
            return kept_back
    silent = sorted(set(automations) & set(muted()))
    return Outcome("muted", silent[0]) if silent else Outcome("unapplied")


def failure(
    decision: Mapping[str, Any],
    keys: Collection[str],
    problem: ClickUpMlopsError,
    newest: Iterable[JournalRow],
) -> Outcome:
    """When ClickUp was away before the writes because of these events were done. `newest` are the
    task's writes, newest first.
    """
    if decision["before"] == decision["priority"]:
        return _as_it_was(decision)
    mine = (row for row in newest if row.kind == PRIORITY and row.cause in keys)
    row = next(mine, None)
    by, ended = (row.automation, row.outcome) if row else ("", "")
    if row is not None and ended == DONE and row.after == decision["priority"]:
        return Outcome("written", by)
    if isinstance(problem, NOT_YET):
        return Outcome("pending", by, str(problem))
    return Outcome("refused", by, str(problem)) if ended == FAILED else Outcome("unknown")


def _as_it_was(decision: Mapping[str, Any]) -> Outcome:
    return Outcome("held" if decision["decided_by"] in HOLDS else "unchanged")


def _is_priority(executable: Executable, decision: Mapping[str, Any]) -> bool:
    if not isinstance(executable, Action):
        return False
    return executable.task_id == decision["task_id"] and executable.change.kind == PRIORITY


def _outcome_of_write(
    decision: Mapping[str, Any], states: Iterable[ExecutableState]
) -> Outcome | None:
    """By the last write of a priority, whoever made it."""
    writes = [
        executable
        for executable, state in states
        if state == "done" and _is_priority(executable, decision)
    ]
    last = writes[-1] if writes else None
    if not isinstance(last, Action):
        return None
    if last.change.after == decision["priority"]:
        return Outcome("written", last.automation)
    return Outcome("superseded", last.automation, format_priority(last.change.after))


def _kept_back(
    executable: Executable, state: State, automations: Mapping[str, Automation], *, shadow: bool
) -> Outcome | None:
    """Why the automation that applies the policy has written nothing; None: it is not about one."""
    if executable.automation not in automations or isinstance(executable, Handover):
        return None
    if isinstance(executable, Held):
        return Outcome(
            "delayed" if executable.delayed else "quiet",
            executable.automation,
            format_moment(executable.until_ms),
        )
    if isinstance(executable, Problem):
        return Outcome("failed", executable.automation, executable.text)
    if executable.change.kind != PRIORITY:
        return None
    if state in ("capped", "overtaken"):
        return Outcome(state, executable.automation)
    canary = "canary" if automations[executable.automation].mode == "canary" else ""
    return Outcome("shadow", "" if shadow else executable.automation, "" if shadow else canary)
