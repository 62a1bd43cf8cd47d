"""Undo: remove what an apply made, restore what it changed."""

from collections.abc import Callable, Collection
from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.provisioning.apply import undo as undoing
from clickup_mlops.features.provisioning.apply.created_objects import Own
from clickup_mlops.features.provisioning.apply.inspect import Automated
from clickup_mlops.features.provisioning.apply.undo import Undone, UndoPlan
from clickup_mlops.features.provisioning.live import snapshot
from clickup_mlops.features.provisioning.operations import manual_page, manual_steps, workspace
from clickup_mlops.features.provisioning.operations.callbacks import Callbacks, recover
from clickup_mlops.features.provisioning.operations.run_lock import exclusive
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.tables.provisions import Run
from clickup_mlops.features.provisioning.tree import fold_name
from clickup_mlops.store.audit.log import Filter

_NEWEST: Final = 200
"""Writes of a task that are looked through for tags."""


def runs(bot: Bot) -> list[Run]:
    """The runs in the bot's workspace, newest first."""
    return workspace.journal(bot).rows.runs(bot.workspace_id)


def preview(
    bot: Bot, number: int | None, callbacks: Callbacks[UndoPlan], *, also: Collection[str] = ()
) -> UndoPlan:
    """What `undo` would do; writes nothing to ClickUp. Raises as `undo` does."""
    with exclusive(bot):
        recover(bot, callbacks.recovered)
        return _plan(bot, number, also)


def undo(
    bot: Bot,
    number: int | None,
    callbacks: Callbacks[UndoPlan],
    *,
    also: Collection[str] = (),
) -> Undone:
    """Undo the run with this number (None: the newest). What people changed since stays, unless
    `also` names it.

    Raises:
        InputError: there is no such run or object, or another one holds the workspace.
        ApiError: ClickUp cannot be read.
    """
    with exclusive(bot):
        recover(bot, callbacks.recovered)
        planned = _plan(bot, number, also)
        callbacks.show(planned)
        manual_steps.forget(bot, Plan.from_dict(planned.run.plan))
        return undoing.undo(planned, workspace.session(bot), workspace.journal(bot))


def _plan(bot: Bot, number: int | None, also: Collection[str]) -> UndoPlan:
    journal = workspace.journal(bot)
    run = undoing.newest(journal, number)
    have = snapshot.look(
        bot.client,
        bot.workspace_id,
        undoing.desired(run),
        journal.remembered(),
        bot.store.space_policies.of,
    ).tree
    return undoing.plan(
        run, workspace.session(bot), journal, have, also=also, automated=automated(bot)
    )


def automated(bot: Bot) -> Automated:
    """By the record of writes: what an automation set is no person's."""

    def is_tag(name: str) -> bool:
        return bool(bot.store.audit.list(Filter(kind=f"tag:{name}"), 1))

    return Automated(automation_writes(bot), is_tag, manual_page.own_docs(bot))


def automation_writes(bot: Bot) -> Callable[[str], Own]:
    """What automations wrote to a task, by its id."""
    audit = bot.store.audit

    def written_by_automations(task_id: str) -> Own:
        newest = audit.list(Filter(task_id=task_id), _NEWEST)
        priority = audit.newest(task_id, "priority")
        kinds = (entry.kind for entry in newest if entry.outcome == "done")
        tags = frozenset(fold_name(entry[4:]) for entry in kinds if entry.startswith("tag:"))
        return Own(newest[0].at_ms if newest else 0, (priority.after,) if priority else (), tags)

    return written_by_automations
