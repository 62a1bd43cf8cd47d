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
from clickup_mlops.store.tables.timeline import Entry
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
        name: own for name, note in data.store.notes.all(SCOPE).items() if (own := _at(note, host))
    }
    past = data.store.timeline.newest_of_kind(
        data.workspace, "advice", query.start_ms, query.now_ms, limit=2 * MOST
    )
    past = [one for one in past if not host or host in _values(_said(one, "where"))]
    if not notes and not past:
        return None
    shown = sorted(notes)[:MOST]
    tasks = tasks_of(data, list(dict.fromkeys([*shown, *(one.task_id for one in past)])))
    holds = tuple(row for name in shown for row in _holding(name, notes[name], tasks))
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
        key: seen for key, seen in note.value.items() if not host or host in seen["labels"].values()
    }


def _values(where: str) -> list[str]:
    """Of labels as text, `device=mlx5_1 host=gpu-03`."""
    return [label.partition("=")[2] for label in where.split()]


def _holding(
    task_id: str, symptoms: Mapping[str, Any], tasks: Mapping[str, Task]
) -> Iterator[tuple[Cell, ...]]:
    for key, seen in sorted(symptoms.items()):
        symptom = symptoms_by_name().get(key.partition(" ")[0])
        absent = seen.get("absent_ms") is not None
        yield (
            short(str(seen.get("title", ""))),
            short(" ".join(f"{name}={value}" for name, value in sorted(seen["labels"].items()))),
            task_link(task_id, tasks.get(task_id)),
            numbers(seen.get("numbers", {})) or None,
            symptom.recommend if symptom else None,
            Badge("not seen just now", "good") if absent else Badge("holds", "warning"),
        )


def _rows(past: list[Entry], tasks: Mapping[str, Task]) -> Iterator[tuple[Cell, ...]]:
    """Newest first; what is over stands with the numbers in which it had come."""
    came: dict[tuple[str, str, str], Entry] = {}
    rows: list[tuple[Cell, ...]] = []
    for one in past:
        about = (one.task_id, _said(one, "symptom"), _said(one, "where"))
        is_over = _said(one, "state") == "over"
        before = came.pop(about, None) if is_over else one
        if not is_over:
            came[about] = one
        rows.append(_past(one, tasks, _numbers(before), _numbers(one) if is_over else None))
    return reversed(rows)


def _past(
    one: Entry, tasks: Mapping[str, Task], before: str | None, after: str | None
) -> tuple[Cell, ...]:
    state = Badge("over", "good") if _said(one, "state") == "over" else Badge("came", "warning")
    task = task_link(one.task_id, tasks.get(one.task_id)) if one.task_id else None
    return Moment(one.at_ms), short(one.text), task, state, before, after


def _said(one: Entry, name: str) -> str:
    return str(one.value.get(name, ""))


def _numbers(one: Entry | None) -> str | None:
    found: Any = one.value.get("numbers") if one else None
    return numbers(found) or None if isinstance(found, dict) else None


SECTION = SectionType("Advice", _build, 60)
