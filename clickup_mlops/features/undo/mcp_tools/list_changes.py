"""List what the bot wrote to ClickUp, the newest change first.

Each change has a number, which `undo_change` takes. Filter by task, automation and time. Use it to
answer "what did the bot change here?" and before any undo.
"""

from clickup_mlops.bot.write.inverse import describe
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
    wanted = Filter(task_id=task, automation=automation, since_ms=since_ms(since, access.now_ms()))
    with access.store() as store:
        return Changes(changes=[_change(one) for one in store.audit.list(wanted, limit)])


def _change(one: Entry) -> Change:
    return Change(
        change=one.seq,
        at=iso(one.at_ms),
        task_id=one.task_id,
        kind=one.kind,
        what=quoted(describe(one.kind, one.before, one.after)),
        automation=one.automation,
        asked_by=quoted(one.actor),
        event=one.cause,
        run=one.run,
        outcome=one.outcome,
    )


TOOL = Tool(call)
