"""Manual steps that are not done yet, kept for who looks without a call: the dashboard."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import show
from clickup_mlops.store import Store

MOST: Final = 100
"""Steps of a template that are kept; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Open:
    """What a template left to people: what and why, as of a time (Unix ms); `total` of them."""

    template: str
    steps: tuple[tuple[str, str], ...]
    total: int
    at_ms: int


def note(bot: Bot, template: str, steps: Iterable[Step]) -> None:
    """From now on these are the open ones of the template."""
    found = [(show(step.path), step.why) for step in steps]
    value = {"steps": found[:MOST], "total": len(found)}
    bot.store.notes.put(_scope(bot.workspace_id), template, value, bot.now_ms())


def forget(bot: Bot, template: str) -> None:
    """Nothing is known of the template any more: what it made is being removed."""
    bot.store.notes.remove(_scope(bot.workspace_id), template)


def still_open(store: Store, workspace: str) -> list[Open]:
    """Those of all templates that were applied or verified in a Workspace, by template."""
    notes = store.notes.all(_scope(workspace))
    return [
        Open(name, tuple((w, y) for w, y in one.value["steps"]), one.value["total"], one.at_ms)
        for name, one in notes.items()
    ]


def _scope(workspace: str) -> str:
    return f"manual:{workspace}"
