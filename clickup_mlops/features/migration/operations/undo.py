"""Undo: remove what a migration made."""

from pathlib import Path

from clickup_mlops.bot.app import Bot
from clickup_mlops.clickup.budget import PriorityClass
from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.features.migration.operations.run import journal
from clickup_mlops.features.migration.places import Places
from clickup_mlops.features.migration.undo.undo import Progress, Undoing, Undone, UndoPlan, quiet
from clickup_mlops.features.provisioning.operations.run_lock import exclusive
from clickup_mlops.features.provisioning.operations.undo import automation_writes


def plan(
    bot: Bot,
    file: Path,
    *,
    force: bool = False,
    limit: int | None = None,
    progress: Progress = quiet,
) -> UndoPlan:
    """What can be removed; writes nothing to ClickUp. `force`: also what people changed since.
    `limit`: at most so many tasks, the newest first.

    Raises:
        InputError: nothing was moved, or a run is on its way.
        ContentError: the mapping cannot be used; ApiError: ClickUp cannot be read.
    """
    with exclusive(bot, "migrate"):
        return _undoing(bot, file, progress).plan(force=force, limit=limit)


def undo(
    bot: Bot,
    file: Path,
    *,
    force: bool = False,
    limit: int | None = None,
    progress: Progress = quiet,
) -> Undone:
    """Remove it. An undo that was interrupted is simply repeated. Raises as `plan` does."""
    with exclusive(bot, "migrate"):
        undoing = _undoing(bot, file, progress)
        return undoing.undo(undoing.plan(force=force, limit=limit))


def _undoing(bot: Bot, file: Path, progress: Progress) -> Undoing:
    mapping = mapping_file.load(file)
    clickup = bot.client.with_priority_class(PriorityClass.BULK)
    return Undoing(
        clickup,
        bot.workspace_id,
        journal(bot, mapping.name),
        Places(clickup, bot.workspace_id),
        mapping.id_field,
        automation_writes(bot),
        progress,
    )
