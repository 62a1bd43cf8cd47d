"""What an apply left behind, and which signs of people's work there are since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops.clickup.hierarchy import View
from clickup_mlops.clickup.model import number
from clickup_mlops.provision import fields
from clickup_mlops.provision.apply.session import Session
from clickup_mlops.provision.plan import compare
from clickup_mlops.provision.tree import Attributes, Kind, Level, Path, fold_name, level_of

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
    milliseconds), and the folded paths of all that the template wants. `came_along`: a ClickUp
    template brought it with its place.
    """

    attributes: Attributes
    made_ms: int
    written_ms: int
    wanted: frozenset[Path]
    own: Own = Own()
    came_along: bool = False

    def is_after(self, moment_ms: int) -> bool:
        """Whether something at this time was certainly not the bot."""
        return moment_ms > max(self.written_ms, self.own.at_ms) + CLOCKS_MS

    def wants(self, place: Path, kind: Kind, name: str) -> bool:
        """Whether the template names this: a person who made it completed a manual step."""
        return (*_folded(place), (kind, fold_name(name))) in self.wanted


def _folded(path: Path) -> Path:
    return tuple((kind, fold_name(name)) for kind, name in path)


def renamed(path: Path, name: str) -> str:
    """The sign of another name than the path's."""
    return "" if fold_name(name) == fold_name(path[-1][1]) else f'another name: "{name}"'


def differing(kind: Kind, found: Attributes, left: Left) -> str:
    """The sign of settings that are not as they were left."""
    names = ", ".join(compare.changes(kind, found, left.attributes))
    return f"changed: {names}" if names else ""


def listed(*signs: str) -> str:
    """Those that are there."""
    return ", ".join(filter(None, signs))


def foreign(what: str, found: Iterable[Any], session: Session) -> str:
    """The sign of objects (with `id` and `name`) that no run made or found."""
    known = set(session.ids.values())
    names = [f'"{one.name}"' for one in found if one.id not in known]
    return f"{what} {', '.join(names)}" if names else ""


def in_place(session: Session, path: Path, object_id: str, left: Left) -> str:
    """The signs that every place can have: own views, Docs and custom fields."""
    level = level_of(path)
    views = (
        one
        for one in session.clickup.views.of(level, object_id)
        if _is_later(one, left)
        if not left.wants(path, "form" if one.type == "form" else "view", one.name)
    )
    docs = session.clickup.docs.all(session.workspace, parent_id=object_id)
    own = (
        one
        for one in _own_fields(session, path, object_id, level)
        if not left.wants(path, "field", one.name)
    )
    return listed(
        foreign("view", views, session),
        foreign("Doc", docs, session),
        foreign("field", own, session),
    )


def _is_later(view: View, left: Left) -> bool:
    """Whether it came after the apply: standard views come with the place."""
    created_ms = number(view.raw.get("date_created"))
    return created_ms is None or left.is_after(created_ms)


def _own_fields(session: Session, path: Path, object_id: str, level: Level) -> list[Any]:
    """Fields of the place itself: those are deleted with it, inherited ones are not."""
    above = {
        one.id
        for end in range(len(path))
        for one in _defined(session, level_of(path[:end]), session.id(path[:end]))
    }
    return [one for one in _defined(session, level, object_id) if one.id not in above]


def _defined(session: Session, level: Level, place_id: str) -> tuple[Any, ...]:
    read: Mapping[Level, Any] = fields.readers(session.clickup)
    return session.once(("defined fields", place_id), lambda: read[level](place_id))
