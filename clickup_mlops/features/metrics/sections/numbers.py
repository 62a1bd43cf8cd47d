"""Numbers of tasks: what their fields showed, such as a model's latency, against their SLO."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.sections import _measured as measured
from clickup_mlops.features.metrics.sections._measured import Numbers
from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.model import CALENDAR, Data, Query, SectionType
from clickup_mlops.ports.sections.objectives import Objective, Objectives
from clickup_mlops.store.tables.history import Series
from clickup_mlops.views.model import Cell, Chart, Column, Mark, Number, Section, Table, Tone

MOST: Final = 30
DRAWN: Final = 6
"""Fields with a chart: the first that have an objective."""
MOST_MARKS: Final = 20
"""In a chart: the newest."""
_ORIGIN: Final = "history (means over an hour)"
_COLUMNS: Final = (Column("Task"), Column("Field"), Column("SLO", measured.END), *measured.COLUMNS)
_TITLE: Final = "Fields with an SLO, then those that changed most"


_TONES: Final[tuple[Tone, ...]] = ("bad", "warning", "good", "plain")
"""In the order of the rows."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A field with what it showed in the period and before."""

    series: Series
    now: Numbers | None
    before: Numbers | None
    objective: Objective | None

    @property
    def tone(self) -> Tone:
        """Bad: its mean is a breach; a warning: only its worst reading is."""
        if self.objective is None or self.now is None:
            return "plain"
        worst = self.now.high if self.objective.worse == "above" else self.now.low
        if self.objective.is_breached(self.now.mean):
            return "bad"
        return "warning" if self.objective.is_breached(worst) else "good"

    @property
    def rank(self) -> tuple[object, ...]:
        """Breached ones first, the worst of them first; then those that changed most."""
        return _TONES.index(self.tone), -self.over, -self.change, self.series.key

    @property
    def over(self) -> float:
        """By what share of its limit the mean is on the wrong side of it; 0: it is not."""
        if self.objective is None or self.now is None or self.tone != "bad":
            return 0.0
        return abs(self.now.mean - self.objective.limit) / self.objective.limit

    @property
    def change(self) -> float:
        """By what share the mean has changed, either way; 0 if that is not known."""
        if self.now is None or self.before is None or not self.before.mean:
            return 0.0
        return abs(self.now.mean - self.before.mean) / abs(self.before.mean)


def build(data: Data, query: Query) -> Section | None:
    """The section; None if no field shows a measure."""
    rows = sorted(_rows(data, query), key=lambda row: row.rank)
    if not rows:
        return None
    drawn = [row for row in rows if row.objective and row.now][:DRAWN]
    named = tasks.read_tasks(data, (row.series.task_id for row in [*rows[:MOST], *drawn]))
    cells = tuple(_cells(query, row, named) for row in rows[:MOST])
    table = Table("fields", _TITLE, _COLUMNS, cells, total=len(rows))
    charts = tuple(_charts(data, query, drawn, named))
    return Section("numbers", SECTION.title, (table, *charts), figures.source(query, _ORIGIN))


def _rows(data: Data, query: Query) -> Iterator[_Row]:
    days, objectives = measured.of(data, query, tasks=True), Objectives(data)
    for series in data.history.all():
        now, old = (
            measured.together(period_days, [series])
            for period_days in (days.now, days.before or {})
        )
        if series.task_id and (now or old):
            yield _Row(series, now, old, objectives.of(series))


def _cells(query: Query, row: _Row, named: Mapping[str, Task]) -> tuple[Cell, ...]:
    series, objective = row.series, row.objective
    mean, *more = measured.cells(row.now, row.before, series.unit, _seed(query, series))
    if isinstance(mean, Number):
        mean = replace(mean, tone=row.tone)
    limit = measured.number(objective.limit, series.unit) if objective else None
    return (tasks.link(series.task_id, named), series.field, limit, mean, *more)


def _charts(
    data: Data, query: Query, drawn: Iterable[_Row], named: Mapping[str, Task]
) -> Iterator[Chart]:
    start_ms, end_ms = query.period.start_ms, query.period.end_ms
    for number, row in enumerate(drawn):
        series = row.series
        yield Chart(
            f"field{number}",
            f"{series.field}: {tasks.title(series.task_id, named)}",
            series.unit,
            start_ms,
            end_ms,
            (data.history.line(series, start_ms, end_ms, name=series.field),),
            _marks(data, query, series.task_id),
            limit=row.objective.limit if row.objective else None,
            source=data.history.source(series, start_ms, end_ms),
        )


def _marks(data: Data, query: Query, task_id: str) -> tuple[Mark, ...]:
    """What happened to the task in the period, but for its own changes."""
    times = query.period.start_ms, query.period.end_ms
    entries = data.store.timeline.marks(task_id, *times, MOST_MARKS)
    entries.sort(key=lambda entry: (entry.at_ms, entry.key))
    return tuple(Mark(entry.at_ms, entry.mark, entry.headline, entry.url) for entry in entries)


def _seed(query: Query, series: Series) -> str:
    return f"{query.period.name} {series.task_id} {series.field}"


SECTION = SectionType("Models and services", build, order=25, reports=CALENDAR)
