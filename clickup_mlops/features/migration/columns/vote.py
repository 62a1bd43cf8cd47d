"""Votes."""

from typing import Final

from clickup_mlops.features.migration.columns import _dates, _people
from clickup_mlops.features.migration.columns._build import column_type
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.columns._text import paragraphs
from clickup_mlops.features.migration.records import Cell, Column

VOTERS: Final = "who voted: the names are kept in the description"
COUNT: Final = "votes of people who are not known"


def _words(cell: Cell, _column: Column, lookup: Lookup) -> str:
    names = _names(cell, lookup)
    return f"{_count(cell)} ({names})" if names else str(_count(cell))


def _number(cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
    names = _names(cell, lookup)
    losses = (Loss(VOTERS, names),) if names else ()
    return Converted(value=_count(cell), lines=paragraphs(column, names), losses=losses)


def _users(cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
    people = _people.find([{"id": voter} for voter in cell.value["voters"]], lookup)
    unknown = _count(cell) - len(cell.value["voters"])
    losses = (*people.losses, *((Loss(COUNT, str(_count(cell))),) if unknown else ()))
    return Converted(
        value=list(people.users) or None,
        lines=paragraphs(column, ", ".join(people.unmatched)),
        losses=losses,
    )


def _names(cell: Cell, lookup: Lookup) -> str:
    return ", ".join(lookup.name(str(voter)) for voter in cell.value["voters"])


def _count(cell: Cell) -> int:
    return _dates.read_integer(cell.value["count"])


_COLUMN: Final = Column("vote", "Votes", "vote")

COLUMN = column_type(
    "A number field with the count, or a people field with the voters: nobody can vote for others.",
    (Target("field", "number"), Target("field", "users")),
    _words,
    field_types={"number": _number, "users": _users},
    losses=(VOTERS, COUNT, _people.NO_ACCOUNT),
    samples=(
        sample(
            _COLUMN,
            {"count": 1, "voters": ["1"]},
            "field:number",
            Converted(value=1, lines=("**Votes:** Ann Lee",), losses=(Loss(VOTERS, "Ann Lee"),)),
        ),
        sample(_COLUMN, {"count": 1, "voters": ["1"]}, "field:users", Converted(value=[101])),
    ),
)
