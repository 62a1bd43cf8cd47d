"""What is said about figures and charts beside their numbers, the same in every format."""

import math
from collections.abc import Iterator
from typing import Final

from clickup_mlops.views import text
from clickup_mlops.views.model import Cell, Chart, Duration, Figure, Line, Mark, Number

COLUMNS: Final = ("last", "lowest", "mean", "highest")
"""What `statistics` gives of each line."""


def change(figure: Figure) -> str:
    """Such as `before: 230 ms, +6.5%`; empty: there is nothing to compare with."""
    if figure.before is None:
        return ""
    now, before = value(figure.cell), value(figure.before)
    shown = f"before: {text.text(figure.before)}"
    if now is None or not before:
        return shown
    return f"{shown}, {100 * (now - before) / abs(before):+.1f}%"


def interval(figure: Figure) -> str:
    """Such as `200 ms to 260 ms`; empty: it has none."""
    if figure.low is None or figure.high is None:
        return ""
    return f"{text.text(figure.low)} to {text.text(figure.high)}"


def value(cell: Cell) -> float | None:
    """What a cell is as a number, if it is one."""
    match cell:
        case Number():
            return cell.value
        case Duration():
            return cell.ms
        case _:
            return None


def letters(chart: Chart) -> Iterator[tuple[str, Mark]]:
    """The marks by time, each with what stands for it in the picture, such as `D2`."""
    kinds = kind_letters(chart)
    seen = dict.fromkeys(kinds, 0)
    for mark in sorted(chart.marks, key=lambda one: (one.at_ms, one.kind, one.text)):
        seen[mark.kind] += 1
        yield f"{kinds[mark.kind]}{seen[mark.kind]}", mark


def kind_letters(chart: Chart) -> dict[str, str]:
    """A letter for each kind of its marks: the first of its own that is free."""
    found: dict[str, str] = {}
    for kind in sorted({mark.kind for mark in chart.marks}):
        own = [one for one in kind.upper() if "A" <= one <= "Z"]
        free = [one for one in (*own, *"ABCDEFGHIJKLMNOPQRSTUVWXYZ") if one not in found.values()]
        found[kind] = free[0] if free else "X"
    return found


def statistics(chart: Chart) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Names of columns, and for each line that has points its name and numbers with their unit."""
    return COLUMNS, [
        (line.name, *_numbers(line, chart.unit)) for line in chart.lines if known(line)
    ]


def known(line: Line) -> list[float]:
    """Its values without gaps."""
    return [one for _at_ms, one in line.points if one is not None and math.isfinite(one)]


def _numbers(line: Line, unit: str) -> Iterator[str]:
    found = known(line)
    for one in (found[-1], min(found), sum(found) / len(found), max(found)):
        yield reading(one, unit)


def reading(one: float, unit: str) -> str:
    """A value of a chart to about three digits, with its unit."""
    return text.number(one, unit, digits(one))


def digits(value: float) -> int:
    """After the point, so that about three are shown."""
    if not math.isfinite(value) or value == int(value):
        return 0
    return next((n for n, limit in enumerate((100, 10, 1, 0.1)) if abs(value) >= limit), 4)


def described(chart: Chart, zone: str) -> str:
    """What a chart shows, for those who cannot see it."""
    start, end = (text.moment(at, zone) for at in (chart.start_ms, chart.end_ms))
    unit = f" in {text.line(chart.unit)}" if chart.unit else ""
    shown = f"Line chart: {text.line(chart.title)}{unit}, {start} to {end}."
    if chart.limit is not None:
        shown += f" SLO {reading(chart.limit, chart.unit)}."
    names, rows = statistics(chart)
    for name, *numbers in rows[:_DESCRIBED]:
        said = ", ".join(f"{what} {one}" for what, one in zip(names, numbers, strict=True))
        shown += f" {text.line(name)}: {said}."
    return shown


_DESCRIBED: Final = 4
