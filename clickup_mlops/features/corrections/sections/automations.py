"""Automations and overrides: what the bot did, how it ended, and what people corrected."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from clickup_mlops.features.corrections import report
from clickup_mlops.features.corrections.tables.corrections import Correction, CorrectionLog
from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.model import CALENDAR, Data, Period, Query, SectionType
from clickup_mlops.store.journal_rows import DONE
from clickup_mlops.store.queries.periods import Runs
from clickup_mlops.store.tables.runs import FAILED, Result
from clickup_mlops.views.model import (
    Align,
    Badge,
    Cell,
    Column,
    Figures,
    Moment,
    Number,
    Section,
    Table,
)

MOST: Final = 30
_END: Final[Align] = "end"
_RESULTS: Final[tuple[Result, ...]] = ("done", "shadow", "held", "overtaken", "capped", *FAILED)
_RUNS: Final = (Column("Automation"), *(Column(result.capitalize(), _END) for result in _RESULTS))
_CORRECTED: Final = (
    Column("When"),
    Column("Task"),
    Column("What"),
    Column("Bot"),
    Column("Person"),
    Column("By"),
)


def build(data: Data, query: Query) -> Section | None:
    """The section; None if no automation ran and nobody corrected anything in both periods."""
    runs = figures.compared(query, lambda period: _runs(data, period))
    corrected = figures.compared(query, lambda period: _corrections(data, period))
    if not (runs.now or runs.before or corrected.now or corrected.before):
        return None
    blocks = (
        _figures(data, query),
        _table_of_runs(runs.now),
        _table_of_corrections(data, corrected.now),
    )
    source = figures.source(query, "runs", "audit", "corrections")
    return Section("automations", SECTION.title, blocks, source)


def _figures(data: Data, query: Query) -> Figures:
    changes = figures.compared(query, lambda period: _changes(data, period))
    failed = figures.compared(query, lambda period: _failed(_runs(data, period)))
    changed = figures.compared(query, lambda period: _of_decisions(data, period))
    return Figures(
        (
            figures.count("Changes in ClickUp", query, "audit", changes),
            figures.share("Runs that failed", query, "runs", failed),
            figures.share("Decided priorities that people changed", query, "corrections", changed),
        )
    )


def _runs(data: Data, period: Period) -> list[Runs]:
    return data.store.periods.runs(period.start_ms, period.end_ms)


def _corrections(data: Data, period: Period) -> list[Correction]:
    return data.store.table(CorrectionLog).list(period.start_ms, period.end_ms)


def _changes(data: Data, period: Period) -> int:
    writes = data.store.periods.writes(period.start_ms, period.end_ms)
    return sum(write.count for write in writes if write.outcome == DONE)


def _failed(runs: Iterable[Runs]) -> tuple[int, int]:
    counted = [(run.result in FAILED, run.count) for run in runs]
    return sum(count for is_failed, count in counted if is_failed), sum(n for _, n in counted)


def _of_decisions(data: Data, period: Period) -> tuple[int, int]:
    """Of the tasks whose priority was decided in the period: those whose priority people chose."""
    decided = data.store.periods.decided(period.start_ms, period.end_ms)
    chosen = {
        correction.task_id
        for correction in _corrections(data, period)
        if correction.subject == "priority"
    }
    return len(decided & chosen), len(decided)


def _table_of_runs(runs: Sequence[Runs]) -> Table:
    counts: dict[str, Counter[str]] = {}
    for run in runs:
        counts.setdefault(run.automation, Counter())[run.result] += run.count
    rows = tuple(
        (name, *(_count(result, counts[name][result]) for result in _RESULTS))
        for name in sorted(counts)
    )
    return Table("runs", "Runs", _RUNS, rows, empty="No automation ran.")


def _count(result: Result, count: int) -> Cell:
    return Number(count, tone="bad" if count and result in FAILED else "plain")


def _table_of_corrections(data: Data, corrections: Sequence[Correction]) -> Table:
    newest = sorted(
        corrections,
        key=lambda correction: (correction.at_ms, correction.task_id, correction.subject),
        reverse=True,
    )
    tasks_by_id = tasks.read_tasks(data, (correction.task_id for correction in newest[:MOST]))
    rows = tuple(
        (
            Moment(correction.at_ms),
            tasks.link(correction.task_id, tasks_by_id),
            correction.subject,
            report.value(correction.subject, correction.decided),
            Badge(report.value(correction.subject, correction.chosen)),
            correction.user_name,
        )
        for correction in newest[:MOST]
    )
    empty = "People changed none."
    title = "Decisions that people changed"
    return Table("corrections", title, _CORRECTED, rows, empty=empty, total=len(newest))


SECTION = SectionType("Automations and overrides", build, order=80, reports=CALENDAR)
