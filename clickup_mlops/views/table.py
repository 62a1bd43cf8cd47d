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
from clickup_mlops.views.summary import digits


def filled(table: Table, *, has_buttons: bool = False) -> Table:
    """The same without columns that are empty in every row; the first one stays. `has_buttons`:
    whether buttons are shown.
    """
    kept = [
        index
        for index in range(len(table.columns))
        if not index or not table.rows or any(_says(row[index], has_buttons) for row in table.rows)
    ]
    return replace(
        table,
        columns=tuple(table.columns[index] for index in kept),
        rows=tuple(tuple(row[index] for index in kept) for row in table.rows),
    )


def _says(cell: Cell, has_buttons: bool) -> bool:
    """Whether there is anything to see. An unknown number is shown as such."""
    match cell:
        case Button():
            return has_buttons
        case Link() | Badge():
            return bool(cell.text)
        case _:
            return cell is not None and cell != ""


def points(chart: Chart) -> Table:
    """A row for each time at which any line has a point or a gap, newest first."""
    lines = [dict(line.points) for line in chart.lines]
    times = sorted({at for line in lines for at in line}, reverse=True)
    columns = (Column("Time"), *(Column(line.name, "end") for line in chart.lines))
    rows = ((Moment(at), *(_cell(line.get(at), chart.unit) for line in lines)) for at in times)
    return Table(f"{chart.key}-values", chart.title, columns, tuple(rows), "No data.")


def _cell(value: float | None, unit: str) -> Cell:
    return None if value is None else Number(value, unit, digits(value))
