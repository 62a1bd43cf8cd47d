"""What the blocks of a model's page show. A block is one function; all of them are pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.clickup.model import FieldValue, Task
from clickup_mlops.features.wiki.models import Model
from clickup_mlops.store.timeline_rows import Entry
from clickup_mlops.views.model import Cell, Column, Link, Moment, Number, Section, Table

_MOST: Final = 10


@dataclass(frozen=True, slots=True)
class About:
    """A model, what happened to its tasks, newest first, and the tables of other features."""

    model: Model
    entries: Sequence[Entry]
    tables: Mapping[str, Table]
    """By the names of the features."""


def sections(about: About) -> Iterator[Section]:
    """The blocks that have something to show."""
    tables = {name: build(about) for name, build in _BLOCKS.items()}
    for name, table in {**tables, **about.tables, _LAST: _work(about)}.items():
        if table:
            yield Section(name, name.capitalize(), (table,))


def _card(about: About) -> Table | None:
    rows: list[tuple[Cell, ...]] = []
    for task in about.model.tasks:
        rows.append(("Task", _link(task)))
        rows.append(("Status", task.status.name))
        rows.append(("Owner", ", ".join(person.username for person in task.assignees)))
        rows += [(field.name, _cell(field)) for field in task.fields if field.value is not None]
    measured = {value.field for value in about.model.values}
    filled = tuple(row for row in rows if row[1] and row[0] not in measured)
    return _table("card", ("Field", "Value"), filled)


def _numbers(about: About) -> Table | None:
    # Without the time of the reading: a page whose numbers stay the same costs no call.
    rows = tuple(
        (value.field, _number(value.value), value.source)
        for value in about.model.values
        if value.value is not None
    )
    return _table("numbers", ("Measure", "Value", "Source"), rows)


def _happened(about: About, *kinds: str) -> Table | None:
    entries = [entry for entry in about.entries if entry.kind in kinds][:_MOST]
    rows = tuple(
        (Moment(entry.at_ms), Link(entry.text, entry.url) if entry.url else entry.text, entry.actor)
        for entry in entries
    )
    return _table(kinds[0], ("When", "What", "Who"), rows)


def _versions(about: About) -> Table | None:
    return _happened(about, "version")


def _deployments(about: About) -> Table | None:
    return _happened(about, "deployment")


def _evaluations(about: About) -> Table | None:
    return _happened(about, "pipeline")


def _work(about: About) -> Table | None:
    return _tasks("work", about.model.work)


def _milestones(about: About) -> Table | None:
    return _tasks("milestones", about.model.milestones)


_BLOCKS: Final[Mapping[str, Callable[[About], Table | None]]] = {
    "card": _card,
    "live numbers": _numbers,
    "milestones": _milestones,
    "versions": _versions,
    "evaluations": _evaluations,
    "deployments": _deployments,
}
_LAST: Final = "open work"


def _tasks(key: str, tasks: Iterable[Task]) -> Table | None:
    rows = tuple(
        (_link(task), task.status.name, ", ".join(person.username for person in task.assignees))
        for task in [*tasks][:_MOST]
    )
    return _table(key, ("Task", "Status", "Owner"), rows)


def _table(key: str, titles: Iterable[str], rows: Sequence[tuple[Cell, ...]]) -> Table | None:
    columns = tuple(Column(title) for title in titles)
    return Table(key, "", columns, tuple(rows)) if rows else None


def _link(task: Task) -> Cell:
    return Link(task.name, task.url) if task.url else task.name


def _cell(field: FieldValue) -> Cell:
    value = field.read()
    if field.type == "date" and isinstance(value, int):
        return Moment(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    parts = value if isinstance(value, list | tuple) else [value]
    return ", ".join(str(getattr(part, "username", part)) for part in parts)


def _number(value: float) -> Number:
    """With the digits that it has, at most three after the point."""
    return Number(value, digits=len(f"{value:.3f}".rstrip("0").partition(".")[2]))
