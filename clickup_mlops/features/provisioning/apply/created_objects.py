"""What an apply left behind, and which signs of people's work there are since."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops.features.provisioning.plan import compare
from clickup_mlops.features.provisioning.tree import Attributes, Kind, Path, fold, fold_name

CLOCKS_MS: Final = 2_000
"""How far the bot's clock and ClickUp's may be apart: the `Date` header has whole seconds."""


@dataclass(frozen=True, slots=True)
class Own:
    """What the bot's automations wrote to a task: when last, its priority (in a tuple; empty if
    they never set it), and the tags that they added or removed.
    """

    at_ms: int = 0
    priority: tuple[int | None, ...] = ()
    tags: frozenset[str] = frozenset()


def no_own(_task_id: str) -> Own:
    """No automation wrote anything."""
    return Own()


@dataclass(frozen=True)
class Left:
    """One object as the bot left it: its attributes, when it was made and last written (Unix
    milliseconds), and until when it was filled by ClickUp.

    `by_hand`: the folded paths of what the template wants and no step made, so that people do.
    `runs_made`: the ids of all that runs made. `from_template`: a ClickUp template made it.
    `came_along`: a ClickUp template brought it with its place. `is_bots_tag`: whether the template
    or an automation put a tag on a task.
    """

    attributes: Attributes
    made_ms: int
    written_ms: int
    filled_ms: int
    by_hand: frozenset[Path]
    runs_made: frozenset[str]
    own: Own = Own()
    from_template: bool = False
    came_along: bool = False
    is_bots_tag: Callable[[str], bool] = lambda _name: False

    def is_after(self, moment_ms: int) -> bool:
        """Whether something at this time was certainly not the bot."""
        return moment_ms > max(self.written_ms, self.own.at_ms) + CLOCKS_MS

    def wants(self, place: Path, kind: Kind, name: str) -> bool:
        """Whether this is a manual step of the template: who made it completed the step."""
        return (*fold(place), (kind, fold_name(name))) in self.by_hand


def renamed(path: Path, name: str) -> str:
    """The sign of another name than the path's."""
    return "" if fold_name(name) == fold_name(path[-1][1]) else f'another name: "{name}"'


def differing(kind: Kind, live: Attributes, left_state: Left) -> str:
    """The sign of settings that are not as they were left."""
    names = ", ".join(compare.changes(kind, live, left_state.attributes))
    return f"changed: {names}" if names else ""


def listed(*signs: str) -> str:
    """Those that are there."""
    return ", ".join(filter(None, signs))


def foreign(noun: str, objects: Iterable[Any], left_state: Left) -> str:
    """The sign of objects (with `id` and `name`) that no run made."""
    names = [f'"{object_.name}"' for object_ in objects if object_.id not in left_state.runs_made]
    return f"{noun} {', '.join(names)}" if names else ""
