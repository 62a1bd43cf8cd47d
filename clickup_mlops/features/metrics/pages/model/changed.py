"""What became worse since deployments and versions: the worst model first, the suspect named."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from clickup_mlops.features.metrics.presentation.changes import Step, find_suspect
from clickup_mlops.features.metrics.presentation.families import (
    Aspect,
    availability,
    headline,
)
from clickup_mlops.features.metrics.presentation.subjects import (
    Subject,
    of_target,
    page_link,
    short,
)
from clickup_mlops.ports.sections.cells import digits
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.store.tables.history import Series
from clickup_mlops.store.timeline_rows import Entry, Kind
from clickup_mlops.views.model import Badge, Cell, Column, Link, Moment, Number, Section, Table

MOST: Final = 20
"""Models whose series are read: those that changed last."""
_MOST_CHANGES: Final = 100
_WORTH: Final = 0.05
"""Smaller steps are no news."""
_KINDS: Final[tuple[Kind, ...]] = ("deployment", "version")
_ASPECTS: Final[tuple[Aspect, ...]] = ("latency", "errors", "throughput", "queue", "quality")
_COLUMNS: Final = (
    Column("Model"),
    Column("Change"),
    Column("Measure"),
    Column("Before", "end"),
    Column("After", "end"),
    Column("Suspect"),
    Column("When"),
)
Row = tuple[float, tuple[Cell, ...]]


def _build(data: Data, query: Query) -> Section | None:
    subjects = of_target(data, query)
    changes = _changes(data, query)
    changed = [subject for subject in subjects if subject.id in changes]
    if not changed:
        return None
    latest = sorted(changed, key=lambda subject: -changes[subject.id][-1].at_ms)[:MOST]
    rows = [row for subject in latest if (row := _row(data, query, subject, changes[subject.id]))]
    ordered = tuple(cells for _worse, cells in sorted(rows, key=lambda row: -row[0]))
    empty = "Too little was measured before and after the changes."
    total = len(changed) if len(changed) > len(latest) else None
    table = Table("changed", "Since deployments and versions", _COLUMNS, ordered, empty, total)
    source = f"Means before and after each change in {query.range}, the worst first."
    return Section("changed", "What changed", (table,), source)


def _changes(data: Data, query: Query) -> Mapping[str, Sequence[Entry]]:
    """By task, oldest first."""
    entries = [
        entry
        for kind in _KINDS
        for entry in data.store.timeline.newest_of_kind(
            data.workspace, kind, query.start_ms, query.now_ms, limit=_MOST_CHANGES
        )
    ]
    by_task: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: (entry.at_ms, entry.key)):
        by_task[entry.task_id].append(entry)
    return by_task


def _row(data: Data, query: Query, subject: Subject, changes: Sequence[Entry]) -> Row | None:
    """Of the measure that became worst."""
    steps = list(_steps(data, query, subject, changes))
    if not steps:
        return None
    series, step = max(steps, key=lambda pair: pair[1].worse)
    cells = (
        page_link("model", subject.id, subject.name),
        _badge(step.worse),
        series.field,
        Number(step.before, series.unit, digits(step.before, series.unit)),
        Number(step.after, series.unit, digits(step.after, series.unit)),
        _entry(step.entry),
        Moment(step.entry.at_ms),
    )
    return step.worse, cells


def _steps(
    data: Data, query: Query, subject: Subject, changes: Sequence[Entry]
) -> Iterator[tuple[Series, Step]]:
    available = availability(subject.newest)
    headlines = {aspect: headline(subject.newest, aspect) for aspect in _ASPECTS}
    measured = [(aspect, series) for aspect, series in headlines.items() if series is not None]
    if available is not None and available not in headlines.values():
        measured.append(("errors", available))
    for aspect, series in measured:
        line = data.history.line(series, query.start_ms, query.now_ms)
        step = find_suspect(
            line.points,
            changes,
            aspect,
            is_availability=series == available,
            maximum=100.0 if series.unit == "%" else None,
        )
        if step is not None:
            yield series, step


def _badge(worse: float) -> Badge:
    if abs(worse) < _WORTH:
        return Badge("as before", "plain")
    text = f"{abs(worse):.0%} {'worse' if worse > 0 else 'better'}"
    return Badge(text, "bad" if worse > 0 else "good")


def _entry(entry: Entry) -> Cell:
    text = short(entry.text)
    return Link(text, entry.url) if entry.url.startswith("https://") else text


SECTION = SectionType("What changed", _build, 14)
