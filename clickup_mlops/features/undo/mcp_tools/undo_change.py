"""Undo what the bot wrote to ClickUp: one change, or those of one event or run.

`target` is a change's number (`list_changes` shows them), or `event:KEY` or `run:NAME`. What people
changed since stays, and is reported as kept. The automation is muted on these tasks for a while.
Every undo is recorded, and can be undone by its run. With `dry_run` nothing is written.
"""

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from clickup_mlops.bot.write.people_names import assignee_namer
from clickup_mlops.bot.write.undo.undoing import Undone
from clickup_mlops.errors import InputError
from clickup_mlops.features.undo import operations as operation
from clickup_mlops.features.undo.operations import Target
from clickup_mlops.ports.mcp.access import ACTOR, Access
from clickup_mlops.ports.mcp.model import Answer, Quoted, TaskId, Tool, quoted

MOST_CHANGES = 50
"""An agent may undo so many at once; a person at the command line more."""

Which = Annotated[
    str,
    Field(
        pattern=r"^(\d{1,18}|(change|event|run):[^\x00-\x1f]{1,300})$",
        description="A change's number, `event:KEY` or `run:NAME`.",
    ),
]
DryRun = Annotated[bool, Field(description="Only say what would be undone.")]


class UndoneChange(Answer):
    """The outcome for one change."""

    change: int
    task_id: str
    state: str
    """undone, kept (people changed it since), failed; would: a dry run would undo it."""
    what: Quoted
    why: Quoted


class Undo(Answer):
    """What was undone."""

    run: str
    """Names this undo: `run:` before it undoes the undo."""
    changes: list[UndoneChange]


def call(
    access: Access,
    *,
    target: Which,
    task: TaskId | None = None,
    dry_run: DryRun = False,
) -> Undo:
    """Raises InputError: there are no such changes, or too many."""
    chosen = Target(f"change:{target}" if target.isdigit() else target, task_id=task)
    with access.bot() as bot:
        begun = operation.undo(bot, chosen, actor=ACTOR, dry=dry_run)
        if begun.total > MOST_CHANGES:
            raise InputError(
                f"these are {begun.total} changes, and at most {MOST_CHANGES} are undone at once",
                hint="Name a task, or have a person use `clickup-mlops undo`.",
            )
        changes, name_assignees = [*begun.changes], assignee_namer(bot.store)
        return Undo(run=begun.run, changes=[_change(e, name_assignees) for e in changes])


def _change(change: Undone, name_assignees: Callable[[str], str]) -> UndoneChange:
    return UndoneChange(
        change=change.seq,
        task_id=change.task_id,
        state=change.state,
        what=quoted(name_assignees(change.text)),
        why=quoted(change.why),
    )


TOOL = Tool(call, writes=True)
