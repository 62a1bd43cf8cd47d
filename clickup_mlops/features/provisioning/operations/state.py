"""What the store knows: which object stands for which path. Nothing here writes into ClickUp."""

from collections.abc import Mapping
from dataclasses import replace

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning.operations import workspace
from clickup_mlops.features.provisioning.operations.plan import plan
from clickup_mlops.features.provisioning.operations.request import Request
from clickup_mlops.features.provisioning.operations.run_lock import exclusive
from clickup_mlops.features.provisioning.tables.provisions import Remembered
from clickup_mlops.features.provisioning.tree import Path, fold_name, show, spellings


def list_managed(bot: Bot) -> Mapping[Path, Remembered]:
    """Every object that is managed, by path."""
    return workspace.journal(bot).remembered()


def remove(bot: Bot, spelling: str) -> list[Path]:
    """No longer manage an object and all in it; it stays in ClickUp. Their paths.

    Raises:
        InputError: no managed object has this path, or another run holds the workspace.
    """
    with exclusive(bot):
        journal = workspace.journal(bot)
        place = _path_of(spelling, journal.remembered())
        removed = [path for path in journal.remembered() if path[: len(place)] == place]
        journal.forget(removed)
        return removed


def add(bot: Bot, request: Request, spelling: str, object_id: str) -> Path:
    """Manage an existing object as the one that the template wants at a path; that path.

    Raises:
        InputError: the template does not want this path, or ClickUp has no such object.
    """
    with exclusive(bot):
        journal, before = workspace.journal(bot), plan(bot, request)
        steps = {step.path: step for step in before.steps}
        path = _path_of(spelling, steps)
        earlier = journal.remembered().get(path)
        journal.manage(request.name, steps[path].want, object_id)
        live = next(step.have for step in plan(bot, request).steps if step.path == path)
        if live is None or live.id != object_id:
            journal.forget([path])
            journal.rows.remember([replace(earlier)] if earlier else [])
            raise InputError(
                f"ClickUp has no {path[-1][0]} {object_id} that could be {show(path)}",
                hint="The id is in the object's address. Only Spaces, Folders, Lists, views, Docs "
                "and tasks can be added.",
            )
        return path


def _path_of(spelling: str, among: Mapping[Path, object]) -> Path:
    by_spelling = {text: path for path in among for text in spellings(path)}
    if fold_name(spelling) not in by_spelling:
        raise InputError(
            f"there is no {spelling}", hint="`provision state list` shows what is managed."
        )
    return by_spelling[fold_name(spelling)]
