"""A few column types that do as their names say, so that mappings can be tested without all."""

from clickup_mlops.migrate.columns._model import Choice, ColumnType, Converted, Lookup, Target
from clickup_mlops.migrate.records import Cell, Column


def _convert(cell: Cell, _column: Column, _choice: Choice, _people: Lookup) -> Converted:
    return Converted(lines=(cell.text,))


def _options(column: Column) -> tuple[tuple[str, str], ...]:
    return tuple((one.name, one.color) for one in column.options)


def _status(column: Column) -> tuple[Target, ...]:
    field = Target("field", "drop_down", _options(column))
    return field, Target("status"), Target("priority"), Target("description")


def _dropdown(column: Column) -> tuple[Target, ...]:
    return Target("field", "labels", _options(column)), Target("tags"), Target("description")


def _numbers(column: Column) -> tuple[Target, ...]:
    money = Target("field", "currency", settings={"currency": "EUR", "precision": 2})
    return (money if column.settings.get("unit") else Target("field", "number"),)


def _type(*targets: Target, losses: tuple[str, ...] = ()) -> ColumnType:
    return ColumnType("A column.", lambda _: targets, _convert, losses)


TEXT = Target("field", "short_text")
LINE = Target("description")
COLUMN_TYPES = {
    "status": ColumnType("States.", _status, _convert, ("the colour of an option",)),
    "dropdown": ColumnType("Choices.", _dropdown, _convert),
    "people": _type(Target("assignees"), Target("field", "users", settings={"many": True}), LINE),
    "date": _type(Target("field", "date"), Target("due"), LINE),
    "timeline": _type(Target("description"), Target("dates")),
    "numbers": ColumnType("Numbers.", _numbers, _convert),
    "text": _type(TEXT, LINE),
    "rating": _type(Target("field", "emoji", settings={"count": 5})),
    "country": _type(Target("field", "drop_down", (("Malta", ""), ("Peru", "#ff0000"))), TEXT),
    "tags": _type(Target("tags"), LINE),
    "time_tracking": _type(Target("time")),
    "formula": _type(TEXT, losses=("the formula: only its present value is kept",)),
    "button": _type(Target("none"), losses=("the button",)),
}
