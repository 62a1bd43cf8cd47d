"""List what the bot wrote to ClickUp, the newest change first.

Each change has a number, which `undo_change` takes. Filter by task, automation and time. Use it to
answer "what did the bot change here?" and before any undo.
"""

from collections.abc import Callable

from clickup_mlops.bot.write.descriptions import describe
from clickup_mlops.bot.write.people_names import assignee_namer
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
from clickup_mlops.store import Entry, Filter


class Change(Answer):
    """One write to ClickUp."""

    change: int
    """Its number; `undo_change` takes it."""
    at: str
    """ISO 8601, UTC."""
    task_id: str
    kind: str
    what: Quoted
    automation: str
    """What wrote it: an automation, `undo`, or a slash command."""
    asked_by: Quoted
    """The person who asked for it; empty: an automation acted by itself."""
    event: str
    run: str
    outcome: str


class Changes(Answer):
    """The changes that match, newest first."""

    changes: list[Change]


def call(
    access: Access,
    *,
    task: TaskId | None = None,
    automation: AutomationName | None = None,
    since: Since = "7d",
    limit: Limit = 20,
) -> Changes:
    """Raises InputError: `since` is no time."""
    criteria = Filter(
        task_id=task, automation=automation, since_ms=since_ms(since, access.now_ms())
    )
    with access.store() as store:
        name_assignees = assignee_namer(store)
        entries = store.audit.list(criteria, limit)
        return Changes(changes=[_change(entry, name_assignees) for entry in entries])


def _change(entry: Entry, name_assignees: Callable[[str], str]) -> Change:
    return Change(
        change=entry.seq,
        at=iso(entry.at_ms),
        task_id=entry.task_id,
        kind=entry.kind,
        what=quoted(name_assignees(describe(entry.kind, entry.before, entry.after))),
        automation=entry.automation,
        asked_by=quoted(entry.actor),
        event=entry.cause,
        run=entry.run,
        outcome=entry.outcome,
    )


TOOL = Tool(call)
