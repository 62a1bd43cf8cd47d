"""Infrastructure: RoCE, load balancing, back end and GPUs, as they were measured."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from clickup_mlops.features.metrics.sections import _measured as measured
from clickup_mlops.features.metrics.sections._measured import Days
from clickup_mlops.ports.sections import figures
from clickup_mlops.ports.sections.model import CALENDAR, Data, Query, SectionType
from clickup_mlops.store.tables.history import Series
from clickup_mlops.views import measures
from clickup_mlops.views.model import Cell, Chart, Column, Number, Section, Table

DRAWN: Final = ("ecn_marked_pct", "rail_balance", "replica_balance", "tensor_active_pct")
"""Measures with a chart, if they are there."""
_LINES: Final = 6
"""In a chart: more are not told apart."""
_ORIGIN: Final = "history (means over an hour)"
_COLUMNS: Final = (
    Column("Measure"),
    Column("Series", measured.END),
    *measured.COLUMNS,
    Column("Highest at"),
)

Groups = Mapping[tuple[str, str], Sequence[Series]]
"""Series by measure and unit."""


def build(data: Data, query: Query) -> Section | None:
    """The section; None if nothing is measured but for tasks."""
    groups = _groups(series for series in data.history.all() if not series.task_id)
    if not groups:
        return None
    days = measured.of(data, query, tasks=False)
    now, before = days.now, days.before or {}
    rows = tuple(_row(query, key, group, now, before) for key, group in groups.items())
    table = Table("measures", "Measures", _COLUMNS, rows)
    charts = _charts(data, query, groups, now)
    source = figures.source(query, _ORIGIN)
    return Section("infrastructure", SECTION.title, (table, *charts), source)


def _groups(all_series: Iterable[Series]) -> Groups:
    groups: dict[tuple[str, str], list[Series]] = {}
    for series in sorted(all_series, key=lambda line: (line.measure, line.unit, line.key)):
        groups.setdefault((series.measure, series.unit), []).append(series)
    return groups


def _row(
    query: Query, key: tuple[str, str], group: Sequence[Series], now: Days, before: Days
) -> tuple[Cell, ...]:
    (name, unit), numbers = key, measured.together(now, group)
    cells = measured.cells(
        numbers, measured.together(before, group), unit, f"{query.period.name} {name}"
    )
    highest = next((series for series in group if numbers and series.id == numbers.highest), None)
    where = f"{highest.source} {highest.labels}".strip() if highest else ""
    return (measures.format_title(name), Number(len(group)), *cells, where)


def _charts(data: Data, query: Query, groups: Groups, now: Days) -> Iterator[Chart]:
    for (name, unit), group in groups.items():
        measured_series = [series for series in group if series.id in now]
        if name in DRAWN and measured_series:
            yield _chart(data, query, name, unit, _widest(measured_series, now))


def _widest(group: Sequence[Series], now: Days) -> list[Series]:
    """Those with the widest range: even lines say little."""

    def width(series: Series) -> float:
        days = now[series.id]
        return max(day.high for day in days) - min(day.low for day in days)

    return sorted(group, key=lambda line: (-width(line), line.key))[:_LINES]


def _chart(data: Data, query: Query, name: str, unit: str, group: Sequence[Series]) -> Chart:
    start_ms, end_ms = query.period.start_ms, query.period.end_ms
    lines = tuple(
        data.history.line(series, start_ms, end_ms, name=series.labels or series.source)
        for series in group
    )
    source = data.history.source(group[0], start_ms, end_ms)
    return Chart(name, measures.format_title(name), unit, start_ms, end_ms, lines, source=source)


SECTION = SectionType("Infrastructure", build, order=60, reports=CALENDAR)
