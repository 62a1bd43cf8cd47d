"""Undoes one change that the bot made in ClickUp; the viewer is recorded as who asked for it."""

from collections.abc import Mapping

from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.write.people_names import assignee_namer
from clickup_mlops.bot.write.undo.undoing import Undone
from clickup_mlops.errors import InputError
from clickup_mlops.features.undo import operations as operation
from clickup_mlops.features.undo.operations import Target
from clickup_mlops.ports.dashboard.fields import number
from clickup_mlops.ports.dashboard.model import ActionType, Viewer
from clickup_mlops.routing.decision import format_moment
from clickup_mlops.views.text import localize


def _run(bot: Bot, viewer: Viewer, fields: Mapping[str, str]) -> str:
    """Field `change`: its number.

    Raises:
        InputError: there is no such change, or people changed it since.
        ClickUpMlopsError: ClickUp refused, or cannot be reached.
    """
    change = number(fields, "change")
    if bot.store.seen_with(viewer.access).audit.get(change) is None:
        raise InputError(f"there is no change {change}", hint="Reload the page, and try again.")
    target = Target(f"change:{change}")
    begun = operation.undo(bot, target, actor=viewer.actor)
    changes = [*begun.changes]
    if not changes:
        raise InputError("Nothing was undone: the change did not happen.")
    text = assignee_namer(bot.store)(" ".join(map(_format_result, changes)))
    return localize(text, bot.settings.jobs.time_zone)


def _format_result(change: Undone) -> str:
    if change.state != "undone":
        raise InputError(
            f"Change {change.seq} was not undone: {change.why}.",
            hint="Change the task in ClickUp, or try again.",
        )
    parts = [f"Undone: change {change.seq}, {change.text}."]
    parts += [
        f"{name} leaves the task alone until {format_moment(at)}."
        for name, at in change.muted.items()
    ]
    if change.keeps is not None:
        parts.append(f"The restored priority is held until {format_moment(change.until_ms)}.")
    return " ".join(parts)


ACTION = ActionType(_run, "undo")
