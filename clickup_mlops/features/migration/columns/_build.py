"""Builds a column type from what its values become in each place. Pure."""

from collections.abc import Callable, Mapping
from typing import Final

from clickup_mlops.clickup import fields
from clickup_mlops.errors import InputError
from clickup_mlops.features.migration.columns._model import (
    Choice,
    ColumnType,
    Converted,
    Lookup,
    Loss,
    Sample,
    Slot,
    Target,
)
from clickup_mlops.features.migration.columns._text import paragraphs
from clickup_mlops.features.migration.records import Cell, Column
from clickup_mlops.json_types import Json

Convert = Callable[[Cell, Column, Choice, Lookup], Converted]
Words = Callable[[Cell, Column, Lookup], str]
"""The whole value as plain text: what a text field and the description get."""

LEFT_OUT: Final = "the mapping leaves the column out"
TEXT_TYPES: Final = ("short_text", "text")
SHORT_TEXT: Final = Target("field", "short_text")
LONG_TEXT: Final = Target("field", "text")
DESCRIPTION: Final = Target("description")
NOTHING: Final = Target("none")
_EXAMPLE: Final = 200
"""Characters of an example."""


def column_type(
    summary: str,
    targets: Callable[[Column], tuple[Target, ...]] | tuple[Target, ...],
    words: Words,
    *,
    slots: Mapping[Slot, Convert] | None = None,
    field_types: Mapping[str, Convert] | None = None,
    losses: tuple[str, ...] = (),
    samples: tuple[Sample, ...] = (),
    kept_elsewhere: bool = False,
) -> ColumnType:
    """A column type whose values can always be text: in a text field or in the description.

    `slots` and `field_types` say what they become in other places. `kept_elsewhere`: the item has
    the same value in another place, so that nothing is lost without the column.
    """
    places = _Places(words, slots or {}, field_types or {}, kept_elsewhere)
    chosen = targets if callable(targets) else lambda _column: targets
    left_out = () if kept_elsewhere else (LEFT_OUT,)
    return ColumnType(
        summary,
        lambda column: _with_common(chosen(column)),
        places.convert,
        (*losses, *left_out),
        samples,
    )


def refused(kind: str, value: Json) -> bool:
    """Whether a field of this type (without options) refuses the value."""
    try:
        fields.encode("", kind, {}, value)
    except InputError:
        return True
    return False


def as_lines(column: Column, text: str, *losses: Loss) -> Converted:
    """What cannot stand in its place is kept in the description, and the loss says so."""
    return Converted(lines=paragraphs(column, text), losses=losses)


def one_of(name: str, value: str) -> str:
    """The text that a cell has. Raises TypeError if it is none."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is not text: {value!r:.60}")
    return value


class _Places:
    """What a column's values become, by place."""

    def __init__(
        self,
        words: Words,
        slots: Mapping[Slot, Convert],
        field_types: Mapping[str, Convert],
        kept_elsewhere: bool,
    ) -> None:
        self._words = words
        self._slots: dict[Slot, Convert] = {
            "none": _nothing if kept_elsewhere else self._left_out,
            "description": self._described,
            **slots,
        }
        self._field_types = {**dict.fromkeys(TEXT_TYPES, self._text), **field_types}

    def convert(self, cell: Cell, column: Column, choice: Choice, lookup: Lookup) -> Converted:
        """See `ColumnType.convert`. Raises InputError if values cannot go to the chosen place."""
        convert_cell = self._place(column, choice)
        try:
            return convert_cell(cell, column, choice, lookup)
        except (AttributeError, OverflowError, OSError) as problem:
            # A value of another shape has no such method, or is no time of a calendar.
            raise TypeError(f"a {column.type} cell of another shape: {problem}") from problem

    def _place(self, column: Column, choice: Choice) -> Convert:
        is_field = choice.slot == "field"
        converter = self._field_types.get(choice.type) if is_field else self._slots.get(choice.slot)
        if converter is None:
            place = f"a {choice.type} field" if is_field else f'"{choice.slot}"'
            raise InputError(
                f'column "{column.title}": a {column.type} column cannot go to {place}',
                hint=f"Possible: {', '.join(sorted({*self._slots, 'field'}))}; fields of the "
                f"types {', '.join(sorted(self._field_types))}.",
            )
        return converter

    def _text(self, cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
        return Converted(value=self._words(cell, column, lookup) or None)

    def _described(self, cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
        return Converted(lines=paragraphs(column, self._words(cell, column, lookup)))

    def _left_out(self, cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
        text = self._words(cell, column, lookup)
        return Converted(losses=(Loss(LEFT_OUT, text[:_EXAMPLE]),) if text else ())


def _nothing(_cell: Cell, _column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
    return Converted()


def _with_common(targets: tuple[Target, ...]) -> tuple[Target, ...]:
    """Every column can also be text, a part of the description, or left out."""
    places = {(target.slot, target.type) for target in targets}
    common = (SHORT_TEXT, LONG_TEXT, DESCRIPTION, NOTHING)
    return (*targets, *(target for target in common if (target.slot, target.type) not in places))
