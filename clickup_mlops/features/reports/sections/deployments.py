"""Deployments: how many there were, and how many failed."""

from collections.abc import Iterable, Sequence
from typing import Final

from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.model import CALENDAR, Data, Period, Query, SectionType
from clickup_mlops.store.timeline_rows import Entry
from clickup_mlops.views.model import Badge, Cell, Column, Figures, Link, Moment, Section, Table

MOST: Final = 30
_TIMELINE: Final = "timeline"
_ENDED: Final = frozenset({"succeeded", "failed"})
_COLUMNS: Final = (Column("When"), Column("Deployment"), Column("Task"), Column("State"))


def build(data: Data, query: Query) -> Section | None:
    """The section; None if no tool has reported a deployment in both periods."""
    entries = figures.compared(query, lambda period: reported(data, period))
    if not (entries.now or entries.before):
        return None
    ended = entries.map(_ended)
    failed = ended.map(lambda all_: (sum(_state(entry) == "failed" for entry in all_), len(all_)))
    head = Figures(
        (
            figures.count("Deployments that ended", query, _TIMELINE, ended.map(len)),
            figures.share("Deployments that failed", query, _TIMELINE, failed),
        )
    )
    source = figures.source(query, _TIMELINE)
    return Section("deployments", SECTION.title, (head, table(data, entries.now)), source)


def reported(data: Data, period: Period) -> list[Entry]:
    """What tools reported of deployments: once each, though it may concern several tasks."""
    entries = data.store.timeline.of_kind(
        data.workspace, "deployment", period.start_ms, period.end_ms
    )
    entries.sort(key=lambda entry: (entry.at_ms, entry.key))
    once = {
        (entry.at_ms, entry.actor, _name(entry), _state(entry)): entry
        for entry in reversed(entries)
    }
    return [*reversed(once.values())]


def table(data: Data, entries: Sequence[Entry]) -> Table:
    """The newest of them, newest first: those that ended, or that nothing more is known of."""
    listed = [entry for entry in entries if _state(entry) != "running"][::-1]
    tasks_by_id = tasks.read_tasks(data, (entry.task_id for entry in listed[:MOST]))
    rows = tuple(
        (Moment(entry.at_ms), _linked(entry), tasks.link(entry.task_id, tasks_by_id), _badge(entry))
        for entry in listed[:MOST]
    )
    return Table("deployments", "Deployments in the period", _COLUMNS, rows, total=len(listed))


def _ended(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if _state(entry) in _ENDED]


def _state(entry: Entry) -> str:
    return str(entry.value.get("state") or "")


def _name(entry: Entry) -> str:
    return str(entry.value.get("key") or entry.text)


def _linked(entry: Entry) -> Cell:
    return Link(entry.text, entry.url) if entry.url.startswith("https://") else entry.text


def _badge(entry: Entry) -> Cell:
    state = _state(entry)
    if state not in _ENDED:
        return state or None
    return Badge(state, "bad" if state == "failed" else "good")


SECTION = SectionType("Deployments", build, order=30, reports=CALENDAR)
