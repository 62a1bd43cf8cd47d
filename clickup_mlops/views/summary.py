"""What is said about figures and charts beside their numbers, the same in every format."""

import math
from collections.abc import Iterator
from typing import Final

from clickup_mlops.views import text
from clickup_mlops.views.cells import format_cell
from clickup_mlops.views.model import Cell, Chart, Duration, Figure, Line, Mark, Number

COLUMNS: Final = ("last", "lowest", "mean", "highest")
"""What `statistics` gives of each line."""


def format_change(figure: Figure) -> str:
    """Such as `before: 230 ms, +6.5%`; empty: there is nothing to compare with."""
    if figure.before is None:
        return ""
    now, before = read_number(figure.cell), read_number(figure.before)
    before_text = f"before: {format_cell(figure.before)}"
    if now is None or not before:
        return before_text
    return f"{before_text}, {100 * (now - before) / abs(before):+.1f}%"


def format_interval(figure: Figure) -> str:
    """Such as `200 ms to 260 ms`; empty: it has none."""
    if figure.low is None or figure.high is None:
        return ""
    return f"{format_cell(figure.low)} to {format_cell(figure.high)}"


def read_number(cell: Cell) -> float | None:
    """What a cell is as a number, if it is one."""
    match cell:
        case Number():
            return cell.value
        case Duration():
            return cell.ms
        case _:
            return None


def letter_marks(chart: Chart) -> Iterator[tuple[str, Mark]]:
    """The marks by time, each with what stands for it in the picture, such as `D2`."""
    kinds = choose_letters(chart)
    counts = dict.fromkeys(kinds, 0)
    for mark in sorted(
        chart.marks,
        key=lambda charted_mark: (charted_mark.at_ms, charted_mark.kind, charted_mark.text),
    ):
        counts[mark.kind] += 1
        yield f"{kinds[mark.kind]}{counts[mark.kind]}", mark


def choose_letters(chart: Chart) -> dict[str, str]:
    """A letter for each kind of its marks: the first of its own that is free."""
    by_kind: dict[str, str] = {}
    for kind in sorted({mark.kind for mark in chart.marks}):
        own_letters = [letter for letter in kind.upper() if "A" <= letter <= "Z"]
        free = [
            letter
            for letter in (*own_letters, *"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            if letter not in by_kind.values()
        ]
        by_kind[kind] = free[0] if free else "X"
    return by_kind


def compute_statistics(chart: Chart) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Names of columns, and for each line that has points its name and numbers with their unit."""
    return COLUMNS, [
        (line.name, *_format_numbers(line, chart.unit)) for line in chart.lines if list_values(line)
    ]


def list_values(line: Line) -> list[float]:
    """Its values without gaps."""
    return [point for _at_ms, point in line.points if point is not None and math.isfinite(point)]


def _format_numbers(line: Line, unit: str) -> Iterator[str]:
    values = list_values(line)
    for number in (values[-1], min(values), sum(values) / len(values), max(values)):
        yield format_reading(number, unit)


def format_reading(number: float, unit: str) -> str:
    """A value of a chart to about three digits, with its unit."""
    return text.format_number(number, unit, count_digits(number))


def count_digits(value: float) -> int:
    """After the point, so that about three are shown."""
    if not math.isfinite(value) or value == int(value):
        return 0
    return next((n for n, limit in enumerate((100, 10, 1, 0.1)) if abs(value) >= limit), 4)


def describe_chart(chart: Chart, zone: str) -> str:
    """What a chart shows, for those who cannot see it."""
    start, end = (text.format_moment(at, zone) for at in (chart.start_ms, chart.end_ms))
    unit = f" in {text.format_line(chart.unit)}" if chart.unit else ""
    description = f"Line chart: {text.format_line(chart.title)}{unit}, {start} to {end}."
    if chart.limit is not None:
        description += f" SLO {format_reading(chart.limit, chart.unit)}."
    names, rows = compute_statistics(chart)
    for name, *numbers in rows[:_DESCRIBED]:
        readings = ", ".join(
            f"{column} {number}" for column, number in zip(names, numbers, strict=True)
        )
        description += f" {text.format_line(name)}: {readings}."
    return description


_DESCRIBED: Final = 4
