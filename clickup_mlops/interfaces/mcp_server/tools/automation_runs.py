"""List what automations did and why it failed, the newest run first.

A run is what one automation did because of one event. Filter by automation, task, failure and time.
Use it to answer "what did the bot do to this task?" or "why did this automation fail?".
"""

from typing import Annotated

from pydantic import Field

from clickup_mlops.bot.write.runs import Shown
from clickup_mlops.operations.automations.runs import runs
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import (
    Answer,
    AutomationName,
    Limit,
    Quoted,
    Since,
    TaskId,
    Tool,
    iso,
    quoted,
    since_ms,
)
from clickup_mlops.store.tables.runs import FAILED, RunFilter

_MOST_ACTIONS = 10
Failed = Annotated[bool, Field(description="Only runs with a failure.")]


class RunAction(Answer):
    """One action of a run."""

    action: str
    task_id: str
    state: str
    """done, shadow (not written), capped, held, refused (by ClickUp) or problem (not planned)."""
    what: Quoted
    hint: str
    """What to do about a failure."""


class Run(Answer):
    """One run."""

    run: int
    at: str
    """ISO 8601, UTC; of the last repetition."""
    times: int
    """For how many events it ended like this."""
    automation: str
    event: str
    """Key of the event; `undo_change` takes it."""
    event_kind: str
    task_id: str
    task_name: Quoted
    result: str
    """done, partly failed, failed, refused, capped, held, overtaken or shadow."""
    why_failed: Quoted | None
    actions: list[RunAction]
    more_actions: int
    """Actions that are left out here."""


class Runs(Answer):
    """The runs that match, newest first."""

    runs: list[Run]


def call(
    access: Access,
    *,
    automation: AutomationName | None = None,
    task: TaskId | None = None,
    failed: Failed = False,
    since: Since = "7d",
    limit: Limit = 20,
) -> Runs:
    """Raises InputError: no automation has this name, or `since` is no time."""
    criteria = RunFilter(
        automation=automation or "",
        task_id=task or "",
        results=FAILED if failed else (),
        since_ms=since_ms(since, access.now_ms()),
    )
    with access.store() as store:
        matches = runs(store, access.settings.automations, criteria, limit)
    return Runs(runs=[_run(entry) for entry in matches])


def _run(entry: Shown) -> Run:
    run = entry.run
    return Run(
        run=run.id,
        at=iso(run.at_ms),
        times=run.count,
        automation=run.automation,
        event=run.event_key,
        event_kind=run.event_kind,
        task_id=run.task_id,
        task_name=quoted(entry.task_name),
        result=run.result,
        why_failed=quoted(run.why) if run.why else None,
        actions=[
            RunAction(
                action=action.action,
                task_id=action.task_id,
                state=action.state,
                what=quoted(" ".join(filter(None, (action.text, action.why)))),
                hint=action.hint,
            )
            for action in run.actions[:_MOST_ACTIONS]
        ],
        more_actions=max(0, len(run.actions) - _MOST_ACTIONS),
    )


TOOL = Tool(call)
