"""Dropdown: some of a column's labels."""

from typing import Final

from clickup_mlops.features.migration.columns import _options, _tags
from clickup_mlops.features.migration.columns._build import column_type
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.columns._text import paragraphs
from clickup_mlops.features.migration.records import Cell, Column, Option

MORE_THAN_ONE: Final = "a second label: a drop-down field has one, it is kept in the description"


def _targets(column: Column) -> tuple[Target, ...]:
    options = _options.choices(column)
    many, single = Target("field", "labels", options), Target("field", "drop_down", options)
    is_single = column.settings.get("limit_select") and (
        column.settings.get("label_limit_count") == 1
    )
    places = (single, many) if is_single else (many, single)
    return (*places, Target("tags")) if options else (Target("tags"),)


def _words(cell: Cell, column: Column, _lookup: Lookup) -> str:
    return ", ".join(_own_name(column, key) for key in _keys(cell))


def _labels(cell: Cell, column: Column, choice: Choice, _lookup: Lookup) -> Converted:
    names, unknown = _named(cell, column, choice)
    return Converted({}, names or None, *_remainder(column, unknown, ()))


def _drop_down(cell: Cell, column: Column, choice: Choice, _lookup: Lookup) -> Converted:
    names, unknown = _named(cell, column, choice)
    more = tuple(names[1:])
    return Converted({}, names[0] if names else None, *_remainder(column, unknown, more))


def _as_tags(cell: Cell, column: Column, choice: Choice, _lookup: Lookup) -> Converted:
    names, unknown = _named(cell, column, choice)
    tags = _tags.tags(names)
    lines, deferred, losses = _remainder(column, unknown, ())
    return Converted(tags.attributes, None, lines, deferred, (*tags.losses, *losses))


def _remainder(
    column: Column, unknown: tuple[str, ...], more: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[()], tuple[Loss, ...]]:
    losses = (
        *(Loss(_options.UNKNOWN, name) for name in unknown),
        *(Loss(MORE_THAN_ONE, name) for name in more),
    )
    return paragraphs(column, ", ".join((*more, *unknown))), (), losses


def _named(cell: Cell, column: Column, choice: Choice) -> tuple[list[str], tuple[str, ...]]:
    """The names in ClickUp, each once, and the keys of what has none."""
    named = {key: _options.name_of(column, choice, key) for key in _keys(cell)}
    unknown = tuple(_own_name(column, key) for key, name in named.items() if not name)
    return list(dict.fromkeys(filter(None, named.values()))), tuple(filter(str.strip, unknown))


def _own_name(column: Column, key: str) -> str:
    option = _options.option_of(column, key)
    return option.name if option else key


def _keys(cell: Cell) -> list[str]:
    if not isinstance(cell.value, list):
        raise TypeError(f"a dropdown is not a list: {cell.value!r:.60}")
    return [str(key) for key in cell.value]


_OPTIONS: Final = (Option("1", "Marketing, EU"), Option("2", "Design"))
_COLUMN: Final = Column("drop", "Teams", "dropdown", options=_OPTIONS)

COLUMN = column_type(
    "A labels field, or a drop-down field if only one label may be chosen.",
    _targets,
    _words,
    slots={"tags": _as_tags},
    field_types={"labels": _labels, "drop_down": _drop_down},
    losses=(_options.UNKNOWN, MORE_THAN_ONE, _tags.CASE),
    samples=(
        sample(_COLUMN, ["1", "2"], "field:labels", Converted(value=["Marketing, EU", "Design"])),
        sample(
            _COLUMN,
            ["1", "2"],
            "field:drop_down",
            Converted(
                value="Marketing, EU",
                lines=("**Teams:** Design",),
                losses=(Loss(MORE_THAN_ONE, "Design"),),
            ),
        ),
    ),
)
