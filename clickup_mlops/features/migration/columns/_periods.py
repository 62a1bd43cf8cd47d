"""Periods of days as start and due date. Pure."""

from typing import Any, Final

from clickup_mlops.features.migration.columns import _dates
from clickup_mlops.features.migration.columns._build import column_type
from clickup_mlops.features.migration.columns._model import (
    Choice,
    ColumnType,
    Converted,
    Lookup,
    Sample,
    Target,
)
from clickup_mlops.features.migration.records import Cell, Column

MILESTONE: Final = 1
"""ClickUp's number of the task type Milestone."""


def period_type(summary: str, samples: tuple[Sample, ...]) -> ColumnType:
    """A column type that holds `{"from", "to"}`, each a day or missing, and perhaps `milestone`."""
    return column_type(summary, (Target("dates"),), _words, slots={"dates": _both}, samples=samples)


def _words(cell: Cell, _column: Column, _lookup: Lookup) -> str:
    start, end = _days(cell.value)
    if not start and not end:
        return "milestone" if cell.value.get("milestone") else ""
    period = f"{start} to {end}" if start and end else f"from {start}" if start else f"to {end}"
    return f"{period} (milestone)" if cell.value.get("milestone") else period


def _both(cell: Cell, _column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
    start, end = _days(cell.value)
    attributes: dict[str, Any] = {}
    if start:
        attributes["start_ms"] = _dates.day_ms(start)
    if end:
        attributes["due_ms"] = _dates.day_ms(end)
    if attributes:
        attributes["dates_have_time"] = False
    if cell.value.get("milestone"):
        attributes["type_id"] = MILESTONE
    return Converted(attributes)


def _days(value: Any) -> tuple[str, str]:
    days = (value.get("from") or "", value.get("to") or "")
    for day in filter(None, days):
        _dates.day_ms(day)
    return days
