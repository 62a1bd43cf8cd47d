"""Advice: what holds now, and what became of earlier advice, with the numbers before and after."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.diagnosis.diagnose import symptoms_by_name
from clickup_mlops.features.metrics.diagnosis.text import numbers
from clickup_mlops.features.metrics.jobs.advice import SCOPE
from clickup_mlops.features.metrics.presentation.subjects import short, task_link, tasks_of
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.store.tables.notes import Note
from clickup_mlops.store.timeline_rows import Entry
from clickup_mlops.views.model import Badge, Cell, Column, Moment, Section, Table

MOST: Final = 50
_HOLDS: Final = (
    Column("Symptom"),
    Column("Where"),
    Column("Task"),
    Column("Seen in"),
    Column("Recommended"),
    Column("State"),
)
_PAST: Final = (
    Column("When"),
    Column("Advice"),
    Column("Task"),
    Column("State"),
    Column("Before"),
    Column("After"),
)
_SOURCE: Final = "Comments of advice, and when each came and was over."


def _build(data: Data, query: Query) -> Section | None:
    host = query.target.partition("/")[2]
    notes = {
        name: on_host
        for name, note in data.store.notes.all(SCOPE).items()
        if (on_host := _at(note, host))
    }
    past = data.store.timeline.newest_of_kind(
        data.workspace, "advice", query.start_ms, query.now_ms, limit=2 * MOST
    )
    past = [entry for entry in past if not host or host in _values(_read_value(entry, "where"))]
    if not notes and not past:
        return None
    listed = sorted(notes)[:MOST]
    tasks = tasks_of(data, list(dict.fromkeys([*listed, *(entry.task_id for entry in past)])))
    holds = tuple(row for name in listed for row in _holding(name, notes[name], tasks))
    total = sum(map(len, notes.values())) if len(notes) > MOST else None
    happened = tuple(_rows(past, tasks))[:MOST]
    empty = f"None in {query.range}."
    return Section(
        "advice",
        "Advice",
        (
            Table("holds", "Holds now", _HOLDS, holds, "No symptom is seen.", total),
            Table("past", "Before and after", _PAST, happened, empty),
        ),
        _SOURCE,
    )


def _at(note: Note, host: str) -> Mapping[str, Any]:
    """The symptoms of a note that are seen on a host, by key; without a host all."""
    return {
        key: sighting
        for key, sighting in note.value.items()
        if not host or host in sighting["labels"].values()
    }


def _values(where: str) -> list[str]:
    """Of labels as text, `device=mlx5_1 host=gpu-03`."""
    return [label.partition("=")[2] for label in where.split()]


def _holding(
    task_id: str, symptoms: Mapping[str, Any], tasks: Mapping[str, Task]
) -> Iterator[tuple[Cell, ...]]:
    for key, sighting in sorted(symptoms.items()):
        symptom = symptoms_by_name().get(key.partition(" ")[0])
        absent = sighting.get("absent_ms") is not None
        yield (
            short(str(sighting.get("title", ""))),
            short(
                " ".join(f"{name}={value}" for name, value in sorted(sighting["labels"].items()))
            ),
            task_link(task_id, tasks.get(task_id)),
            numbers(sighting.get("numbers", {})) or None,
            symptom.recommend if symptom else None,
            Badge("not seen just now", "good") if absent else Badge("holds", "warning"),
        )


def _rows(past: list[Entry], tasks: Mapping[str, Task]) -> Iterator[tuple[Cell, ...]]:
    """Newest first; what is over stands with the numbers in which it had come."""
    open_entries: dict[tuple[str, str, str], Entry] = {}
    rows: list[tuple[Cell, ...]] = []
    for entry in past:
        about = (entry.task_id, _read_value(entry, "symptom"), _read_value(entry, "where"))
        is_over = _read_value(entry, "state") == "over"
        before = open_entries.pop(about, None) if is_over else entry
        if not is_over:
            open_entries[about] = entry
        rows.append(_past(entry, tasks, _numbers(before), _numbers(entry) if is_over else None))
    return reversed(rows)


def _past(
    entry: Entry, tasks: Mapping[str, Task], before: str | None, after: str | None
) -> tuple[Cell, ...]:
    state = (
        Badge("over", "good") if _read_value(entry, "state") == "over" else Badge("came", "warning")
    )
    task = task_link(entry.task_id, tasks.get(entry.task_id)) if entry.task_id else None
    return Moment(entry.at_ms), short(entry.text), task, state, before, after


def _read_value(entry: Entry, name: str) -> str:
    return str(entry.value.get(name, ""))


def _numbers(entry: Entry | None) -> str | None:
    values: Any = entry.value.get("numbers") if entry else None
    return numbers(values) or None if isinstance(values, dict) else None


SECTION = SectionType("Advice", _build, 60)
