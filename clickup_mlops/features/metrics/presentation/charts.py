"""Charts of series, with what happened to their tasks as marks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from clickup_mlops.features.metrics.presentation.families import Aspect, Family, families
from clickup_mlops.features.metrics.presentation.subjects import Subject, of_target, short
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.series.history import History
from clickup_mlops.store.tables.timeline import Entry
from clickup_mlops.views.model import Chart, Line, Mark, Section

MOST_MARKS: Final = 40
"""In a chart."""
MOST_RELATED: Final = 10
"""Tasks beside a task whose events are shown with it."""


def charts(data: Data, query: Query, wanted: Aspect, title: str) -> Section | None:
    """A section with the charts of one aspect of the target."""
    subjects = of_target(data, query)
    found = [chart(data, query, one, subjects) for one in families(subjects, wanted)]
    return Section(wanted, title, tuple(found), _source(query)) if found else None


def chart(data: Data, query: Query, family: Family, subjects: Sequence[Subject]) -> Chart:
    """Drawn if it is asked for; so are its marks."""
    series = [one for _name, one in family.lines]
    sources = (data.history.source(one, query.start_ms, query.now_ms) for one in series)
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
    found = list(_marks(events(data, query, subjects)))
    return tuple(found[-MOST_MARKS:])


def events(data: Data, query: Query, subjects: Iterable[Subject]) -> list[Entry]:
    """What happened to the subjects and the tasks that they name, oldest first."""
    ids = dict.fromkeys(task_id for one in subjects for task_id in [one.id, *related(one)])
    found = {
        entry.key: entry
        for task_id in list(ids)[: MOST_RELATED + 1]
        for entry in data.store.timeline.marks(task_id, query.start_ms, query.now_ms, MOST_MARKS)
    }
    return sorted(found.values(), key=lambda one: (one.at_ms, one.key))


def related(one: Subject) -> list[str]:
    """Ids of the tasks that a subject's task names, the nearest first."""
    if one.task is None:
        return []
    task = one.task
    named = [*task.links, *task.depends_on, *task.blocks, *_in_fields(one), task.parent_id or ""]
    return [task_id for task_id in dict.fromkeys(named) if task_id and task_id != one.id]


def _in_fields(one: Subject) -> Iterator[str]:
    """Relationships: their value is a list of tasks."""
    for found in one.task.fields if one.task else ():
        if found.type in ("list_relationship", "tasks") and isinstance(found.value, list):
            rows = (row for row in found.value if isinstance(row, dict))
            yield from (str(row["id"]) for row in rows if row.get("id"))


def _marks(entries: Iterable[Entry]) -> Iterator[Mark]:
    for one in entries:
        url = one.url if one.url.startswith("https://") else ""
        yield Mark(one.at_ms, one.mark, short(one.headline), url)


def _lines(history: History, family: Family, query: Query) -> Iterator[Line]:
    for name, series in family.lines:
        yield history.line(series, query.start_ms, query.now_ms, name=name)


def _source(query: Query) -> str:
    return f"What sources gave, over {query.range}; each chart names its own."
