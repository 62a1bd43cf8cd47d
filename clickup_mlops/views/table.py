"""The points of a chart as a table: what its picture shows, for those who want the numbers."""

from clickup_mlops.views.model import Cell, Chart, Column, Moment, Number, Table
from clickup_mlops.views.summary import digits


def points(chart: Chart) -> Table:
    """A row for each time at which any line has a point or a gap, newest first."""
    lines = [dict(line.points) for line in chart.lines]
    times = sorted({at for line in lines for at in line}, reverse=True)
    columns = (Column("Time"), *(Column(line.name, "end") for line in chart.lines))
    rows = ((Moment(at), *(_cell(line.get(at), chart.unit) for line in lines)) for at in times)
    return Table(f"{chart.key}-values", chart.title, columns, tuple(rows), "No data.")


def _cell(value: float | None, unit: str) -> Cell:
    return None if value is None else Number(value, unit, digits(value))
