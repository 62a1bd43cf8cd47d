"""Cells as plain text."""

from clickup_mlops.views import text
from clickup_mlops.views.model import (
    Badge,
    Button,
    Cell,
    Duration,
    Link,
    Moment,
    Number,
)


def format_cell(cell: Cell, zone: str = "UTC") -> str:
    """What a cell says, on one line. A button says nothing."""
    match cell:
        case None | Button():
            return ""
        case str():
            return text.format_line(cell)
        case Number():
            return text.format_number(cell.value, cell.unit, cell.digits)
        case Moment():
            return text.UNKNOWN if cell.at_ms is None else text.format_moment(cell.at_ms, zone)
        case Duration():
            return text.UNKNOWN if cell.ms is None else text.format_duration(cell.ms)
        case Link() | Badge():
            return text.format_line(cell.text)
