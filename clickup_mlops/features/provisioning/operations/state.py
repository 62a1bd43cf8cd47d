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


def known(bot: Bot) -> Mapping[Path, Remembered]:
    """Every object that is managed, by path."""
    return workspace.journal(bot).remembered()


def remove(bot: Bot, wanted: str) -> list[Path]:
    """No longer manage an object and all in it; it stays in ClickUp. Their paths.

    Raises:
        InputError: no managed object has this path, or another run holds the workspace.
    """
    with exclusive(bot):
        journal = workspace.journal(bot)
        place = _called(wanted, journal.remembered())
        gone = [path for path in journal.remembered() if path[: len(place)] == place]
        journal.forget(gone)
        return gone


def add(bot: Bot, request: Request, wanted: str, object_id: str) -> Path:
    """Manage an existing object as the one that the template wants at a path; that path.

    Raises:
        InputError: the template does not want this path, or ClickUp has no such object.
    """
    with exclusive(bot):
        journal, before = workspace.journal(bot), plan(bot, request)
        steps = {step.path: step for step in before.steps}
        path = _called(wanted, steps)
        earlier = journal.remembered().get(path)
        journal.manage(request.name, steps[path].want, object_id)
        found = next(step.have for step in plan(bot, request).steps if step.path == path)
        if found is None or found.id != object_id:
            journal.forget([path])
            journal.rows.remember([replace(earlier)] if earlier else [])
            raise InputError(
                f"ClickUp has no {path[-1][0]} {object_id} that could be {show(path)}",
                hint="The id is in the object's address. Only Spaces, Folders, Lists, views, Docs "
                "and tasks can be added.",
            )
        return path


def _called(wanted: str, among: Mapping[Path, object]) -> Path:
    found = {text: path for path in among for text in spellings(path)}
    if fold_name(wanted) not in found:
        raise InputError(
            f"there is no {wanted}", hint="`provision state list` shows what is managed."
        )
    return found[fold_name(wanted)]
