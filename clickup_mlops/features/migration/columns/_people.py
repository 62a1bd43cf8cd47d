"""People of the source as users of ClickUp. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops.features.migration.columns._build import column_type
from clickup_mlops.features.migration.columns._model import (
    Choice,
    ColumnType,
    Converted,
    Lookup,
    Loss,
    Sample,
    Target,
)
from clickup_mlops.features.migration.columns._text import paragraphs
from clickup_mlops.features.migration.records import Cell, Column

NO_ACCOUNT: Final = "a person without a ClickUp account: the name is kept in the description"
TEAM: Final = "a team: its members are entered, its name is kept in the description"
AS_TEXT: Final = "people of whom only the names are known: kept in the description"


@dataclass(frozen=True, slots=True)
class Found:
    """Users, and the names of people and teams that are no users."""

    users: tuple[int, ...]
    unmatched: tuple[str, ...]
    teams: tuple[str, ...]

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What of them ClickUp does not keep."""
        return (
            *(Loss(NO_ACCOUNT, name) for name in self.unmatched),
            *(Loss(TEAM, name) for name in self.teams),
        )


def find(references: Any, lookup: Lookup) -> Found:
    """Who is meant by a list of `{"id", "kind"}`; a team stands for its members."""
    teams = [str(reference["id"]) for reference in references if reference.get("kind") == "team"]
    ids = list(dict.fromkeys(_ids(references, lookup)))
    users = [user for reference in ids if (user := lookup.person(reference)) is not None]
    unmatched = [lookup.name(reference) for reference in ids if lookup.person(reference) is None]
    return Found(
        tuple(dict.fromkeys(users)),
        tuple(unmatched),
        tuple(lookup.name(reference) for reference in teams),
    )


def names(cell: Cell, _column: Column, lookup: Lookup) -> str:
    """The names, comma separated."""
    if isinstance(cell.value, str):
        return cell.value
    return ", ".join(lookup.name(str(reference["id"])) for reference in cell.value)


def people_type(
    summary: str, targets: tuple[Target, ...], samples: tuple[Sample, ...] = ()
) -> ColumnType:
    """A column type that holds people, or only their names as text."""
    return column_type(
        summary,
        targets,
        names,
        slots={"assignees": _assignees},
        field_types={"users": _users},
        losses=(NO_ACCOUNT, TEAM, AS_TEXT),
        samples=samples,
    )


def _ids(references: Any, lookup: Lookup) -> Iterator[str]:
    for reference in references:
        if reference.get("kind") == "team":
            yield from lookup.members(str(reference["id"]))
        else:
            yield str(reference["id"])


def _assignees(cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
    users, remainder = _matched(cell, column, lookup)
    return Converted({"assignees": users} if users else {}, None, *remainder)


def _users(cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
    users, remainder = _matched(cell, column, lookup)
    return Converted({}, users or None, *remainder)


_Kept = tuple[tuple[str, ...], tuple[()], tuple[Loss, ...]]


def _matched(cell: Cell, column: Column, lookup: Lookup) -> tuple[list[int], _Kept]:
    """Users, and what else there is: lines, nothing deferred, losses."""
    if isinstance(cell.value, str):
        losses = (Loss(AS_TEXT, cell.value),) if cell.value else ()
        return [], (paragraphs(column, cell.value), (), losses)
    people = find(cell.value, lookup)
    lines = paragraphs(column, ", ".join((*people.teams, *people.unmatched)))
    return list(people.users), (lines, (), people.losses)
