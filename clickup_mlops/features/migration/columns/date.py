"""Date: a day, or a day and a time."""

import re
from typing import Any, Final

from clickup_mlops.features.migration.columns import _dates
from clickup_mlops.features.migration.columns._build import Convert, column_type
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Cell, Column

_DUE: Final = re.compile(r"\b(due|deadline|date|by)\b", re.IGNORECASE)
_START: Final = re.compile(r"\b(start|begin|from)", re.IGNORECASE)


def _targets(column: Column) -> tuple[Target, ...]:
    due, start, field = Target("due"), Target("start"), Target("field", "date")
    if _START.search(column.title):
        return (start, field, due)
    return (due, field, start) if _DUE.search(column.title) else (field, due, start)


def _words(cell: Cell, _column: Column, _lookup: Lookup) -> str:
    at_ms, has_time = _read(cell.value)
    return _dates.format_instant_exactly(at_ms) if has_time else str(cell.value["date"])


def _attribute(name: str) -> Convert:
    def convert(cell: Cell, _column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
        at_ms, has_time = _read(cell.value)
        return Converted({name: at_ms, "dates_have_time": has_time})

    return convert


def _field(cell: Cell, _column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
    at_ms, has_time = _read(cell.value)
    return Converted(value=at_ms, losses=() if has_time else _dates.day_loss(cell.value["date"]))


def _read(value: Any) -> tuple[int, bool]:
    """The instant (Unix ms), and whether it has a time."""
    if value.get("time"):
        return _dates.instant_ms(value["date"], value["time"]), True
    return _dates.day_ms(value["date"]), False


_COLUMN: Final = Column("date", "Due date", "date")
_DAY: Final = {"date": "2026-06-15", "time": None}
_INSTANT: Final = {"date": "2026-06-15", "time": "09:00:00"}

COLUMN = column_type(
    "The due date, the start date or a date field. A time is an instant; a day without one stays "
    "a day.",
    _targets,
    _words,
    slots={"due": _attribute("due_ms"), "start": _attribute("start_ms")},
    field_types={"date": _field},
    losses=(_dates.SHOWN_TIME,),
    samples=(
        sample(
            _COLUMN,
            _INSTANT,
            "due",
            Converted({"due_ms": 1781514000000, "dates_have_time": True}),
        ),
        sample(
            _COLUMN, _DAY, "due", Converted({"due_ms": 1781517600000, "dates_have_time": False})
        ),
        sample(
            _COLUMN,
            _DAY,
            "field:date",
            Converted(value=1781517600000, losses=_dates.day_loss("2026-06-15")),
        ),
    ),
)
