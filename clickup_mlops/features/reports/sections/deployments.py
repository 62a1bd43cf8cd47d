"""Deployments: how many there were, and how many failed."""

from collections.abc import Iterable, Sequence
from typing import Final

from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.model import CALENDAR, Data, Period, Query, SectionType
from clickup_mlops.store.tables.timeline import Entry
from clickup_mlops.views.model import Badge, Cell, Column, Figures, Link, Moment, Section, Table

MOST: Final = 30
_TIMELINE: Final = "timeline"
_ENDED: Final = frozenset({"succeeded", "failed"})
_COLUMNS: Final = (Column("When"), Column("Deployment"), Column("Task"), Column("State"))


def build(data: Data, query: Query) -> Section | None:
    """The section; None if no tool has reported a deployment in both periods."""
    found = figures.compared(query, lambda period: reported(data, period))
    if not (found.now or found.before):
        return None
    ended = found.map(_ended)
    failed = ended.map(lambda all_: (sum(_state(one) == "failed" for one in all_), len(all_)))
    head = Figures(
        (
            figures.count("Deployments that ended", query, _TIMELINE, ended.map(len)),
            figures.share("Deployments that failed", query, _TIMELINE, failed),
        )
    )
    source = figures.source(query, _TIMELINE)
    return Section("deployments", SECTION.title, (head, table(data, found.now)), source)


def reported(data: Data, period: Period) -> list[Entry]:
    """What tools reported of deployments: once each, though it may concern several tasks."""
    found = data.store.timeline.of_kind(
        data.workspace, "deployment", period.start_ms, period.end_ms
    )
    found.sort(key=lambda one: (one.at_ms, one.key))
    once = {(one.at_ms, one.actor, _name(one), _state(one)): one for one in reversed(found)}
    return [*reversed(once.values())]


def table(data: Data, found: Sequence[Entry]) -> Table:
    """The newest of them, newest first: those that ended, or that nothing more is known of."""
    shown = [one for one in found if _state(one) != "running"][::-1]
    known = tasks.known(data, (one.task_id for one in shown[:MOST]))
    rows = tuple(
        (Moment(one.at_ms), _linked(one), tasks.link(one.task_id, known), _badge(one))
        for one in shown[:MOST]
    )
    return Table("deployments", "Deployments in the period", _COLUMNS, rows, total=len(shown))


def _ended(found: Iterable[Entry]) -> list[Entry]:
    return [one for one in found if _state(one) in _ENDED]


def _state(one: Entry) -> str:
    return str(one.value.get("state") or "")


def _name(one: Entry) -> str:
    return str(one.value.get("key") or one.text)


def _linked(one: Entry) -> Cell:
    return Link(one.text, one.url) if one.url.startswith("https://") else one.text


def _badge(one: Entry) -> Cell:
    state = _state(one)
    if state not in _ENDED:
        return state or None
    return Badge(state, "bad" if state == "failed" else "good")


SECTION = SectionType("Deployments", build, order=30, reports=CALENDAR)
