"""Tables as people see them, and the points of a chart as one: what its picture shows."""

from dataclasses import replace

from clickup_mlops.views.model import (
    Badge,
    Button,
    Cell,
    Chart,
    Column,
    Link,
    Moment,
    Number,
    Table,
)
from clickup_mlops.views.summary import count_digits


def drop_empty_columns(table: Table, *, has_buttons: bool = False) -> Table:
    """The same without columns that are empty in every row; the first one stays. `has_buttons`:
    whether buttons are shown.
    """
    indexes = [
        index
        for index in range(len(table.columns))
        if not index
        or not table.rows
        or any(_has_content(row[index], has_buttons) for row in table.rows)
    ]
    return replace(
        table,
        columns=tuple(table.columns[index] for index in indexes),
        rows=tuple(tuple(row[index] for index in indexes) for row in table.rows),
    )


def _has_content(cell: Cell, has_buttons: bool) -> bool:
    """Whether there is anything to see. An unknown number is shown as such."""
    match cell:
        case Button():
            return has_buttons
        case Link() | Badge():
            return bool(cell.text)
        case _:
            return cell is not None and cell != ""


def tabulate_points(chart: Chart) -> Table:
    """A row for each time at which any line has a point or a gap, newest first."""
    lines = [dict(line.points) for line in chart.lines]
    times = sorted({at for line in lines for at in line}, reverse=True)
    columns = (Column("Time"), *(Column(line.name, "end") for line in chart.lines))
    rows = (
        (Moment(at), *(_build_cell(line.get(at), chart.unit) for line in lines)) for at in times
    )
    return Table(f"{chart.key}-values", chart.title, columns, tuple(rows), "No data.")


def _build_cell(value: float | None, unit: str) -> Cell:
    return None if value is None else Number(value, unit, count_digits(value))
