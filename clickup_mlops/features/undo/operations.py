"""Undo: reverse what the bot wrote to ClickUp, unless people changed it since."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.write.undo import targets
from clickup_mlops.bot.write.undo.undoing import Undone, UndoRequest
from clickup_mlops.features.undo.package import UndoPackage


@dataclass(frozen=True, slots=True)
class Target:
    """A change, a run, an event or an automation (`name`), limited by time and task."""

    name: str
    since_ms: int | None = None
    until_ms: int | None = None
    task_id: str | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """An undo that begins: iterate over `changes` to do it. `run` names it, to undo it again."""

    run: str
    total: int
    changes: Iterator[Undone]


@dataclass(frozen=True, slots=True)
class Effects:
    """What an undo leads to, besides the changes themselves. Times are Unix milliseconds."""

    muted: Mapping[str, tuple[int, ...]]
    """By automation: until when it leaves each of its tasks alone."""
    holds: tuple[int, ...]
    """Until when each priority that was restored is held."""
    unmuted: Mapping[str, int]
    """By automation: on how many tasks it is no longer muted."""


def undo(bot: Bot, target: Target, *, actor: str, dry: bool = False) -> Undo:
    """Find the changes. With `dry` nothing is written.

    Raises:
        InputError: there are none, or an automation is named without a time.
    """
    request = UndoRequest(run=f"undo-{bot.now_ms()}", actor=actor, dry=dry)
    package = bot.get(UndoPackage)
    entries = targets.find(
        bot.store.audit,
        target.name,
        since_ms=target.since_ms,
        until_ms=target.until_ms,
        task_id=target.task_id,
    )
    entries = package.with_ends(entries, request.run)
    return Undo(request.run, len(entries), package.run(entries, request))


def effects(undone: Iterable[Undone]) -> Effects:
    """What these changes lead to."""
    changes = list(undone)
    muted = {
        (name, change.task_id): at_ms for change in changes for name, at_ms in change.muted.items()
    }
    free = {(name, change.task_id) for change in changes for name in change.unmuted}
    holds = {change.task_id: change.until_ms for change in changes if change.keeps is not None}
    return Effects(
        muted={
            name: tuple(at_ms for (automation, _), at_ms in muted.items() if automation == name)
            for name in sorted({name for name, _ in muted})
        },
        holds=tuple(holds.values()),
        unmuted={
            name: sum(automation == name for automation, _ in free)
            for name in sorted({n for n, _ in free})
        },
    )
