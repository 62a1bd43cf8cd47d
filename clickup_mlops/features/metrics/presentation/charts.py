"""Charts of series, with what happened to their tasks as marks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from clickup_mlops.features.metrics.presentation.families import Aspect, Family, families
from clickup_mlops.features.metrics.presentation.subjects import Subject, of_target, short
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.series.history import History
from clickup_mlops.store.timeline_rows import Entry
from clickup_mlops.views.model import Chart, Line, Mark, Section

MOST_MARKS: Final = 40
"""In a chart."""
MOST_RELATED: Final = 10
"""Tasks beside a task whose events are shown with it."""


def charts(data: Data, query: Query, aspect: Aspect, title: str) -> Section | None:
    """A section with the charts of one aspect of the target."""
    subjects = of_target(data, query)
    drawn = [chart(data, query, family, subjects) for family in families(subjects, aspect)]
    return Section(aspect, title, tuple(drawn), _source(query)) if drawn else None


def chart(data: Data, query: Query, family: Family, subjects: Sequence[Subject]) -> Chart:
    """Drawn if it is asked for; so are its marks."""
    series = [line for _name, line in family.lines]
    sources = (data.history.source(line, query.start_ms, query.now_ms) for line in series)
    is_drawn = query.draws in ("*", family.key)
    more = f" ({len(family.lines)} of {len(family.lines) + family.left_out})"
    return query.chart(
        family.key,
        family.title + (more if family.left_out else ""),
        family.unit,
        lambda: _lines(data.history, family, query),
        marks=marks(data, query, subjects) if is_drawn else (),
        limit=family.limit,
        source="; ".join(dict.fromkeys(sources)),
    )


def marks(data: Data, query: Query, subjects: Iterable[Subject]) -> tuple[Mark, ...]:
    """The newest of what happened in the range."""
    happened = list(_marks(events(data, query, subjects)))
    return tuple(happened[-MOST_MARKS:])


def events(data: Data, query: Query, subjects: Iterable[Subject]) -> list[Entry]:
    """What happened to the subjects and the tasks that they name, oldest first."""
    ids = dict.fromkeys(
        task_id for subject in subjects for task_id in [subject.id, *related(subject)]
    )
    entries = {
        entry.key: entry
        for task_id in list(ids)[: MOST_RELATED + 1]
        for entry in data.store.timeline.marks(task_id, query.start_ms, query.now_ms, MOST_MARKS)
    }
    return sorted(entries.values(), key=lambda entry: (entry.at_ms, entry.key))


def related(subject: Subject) -> list[str]:
    """Ids of the tasks that a subject's task names, the nearest first."""
    if subject.task is None:
        return []
    task = subject.task
    named = [
        *task.links,
        *task.depends_on,
        *task.blocks,
        *_in_fields(subject),
        task.parent_id or "",
    ]
    return [task_id for task_id in dict.fromkeys(named) if task_id and task_id != subject.id]


def _in_fields(subject: Subject) -> Iterator[str]:
    """Relationships: their value is a list of tasks."""
    for field in subject.task.fields if subject.task else ():
        if field.type in ("list_relationship", "tasks") and isinstance(field.value, list):
            rows = (row for row in field.value if isinstance(row, dict))
            yield from (str(row["id"]) for row in rows if row.get("id"))


def _marks(entries: Iterable[Entry]) -> Iterator[Mark]:
    for entry in entries:
        url = entry.url if entry.url.startswith("https://") else ""
        yield Mark(entry.at_ms, entry.mark, short(entry.headline), url)


def _lines(history: History, family: Family, query: Query) -> Iterator[Line]:
    for name, series in family.lines:
        yield history.line(series, query.start_ms, query.now_ms, name=name)


def _source(query: Query) -> str:
    return f"What sources gave, over {query.range}; each chart names its own."
