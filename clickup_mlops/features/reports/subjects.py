"""Milestones and incidents as what reports are about: found by name, and those that have ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import InputError
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.ports.sections import period as periods
from clickup_mlops.ports.sections.report import Every, Period
from clickup_mlops.store import Store

Ending = Literal["milestone", "incident"]
"""Kinds of reports about something that ends."""
MOST: Final = 200
"""Milestones that are looked at: those that changed last."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A period, and the task that the report is about; empty: a period of the calendar."""

    period: Period
    task_id: str = ""

    @property
    def key(self) -> str:
        """Finds it again: a milestone's task, an incident's id, else the name of the period."""
        return self.task_id if self.period.every == "milestone" else self.period.name


@dataclass(frozen=True, slots=True)
class Ended:
    """A milestone, by its task, or an incident, by its id, and when it ended (Unix ms)."""

    name: str
    at_ms: int


def ending(every: Every) -> Ending | None:
    """The kind, if it is about something that ends."""
    return every if every == "milestone" or every == "incident" else None


def find(
    store: Store, workspace: str, every: Ending, name: str, *, zone: str, now_ms: int
) -> Subject:
    """What has this name: a milestone's task, an incident's id or one of its tasks.

    Raises:
        InputError: there is none, or no such time zone.
    """
    if every == "milestone":
        return _milestone(store, name, zone, now_ms)
    return _incident(store, workspace, name, zone, now_ms)


def ended(store: Store, workspace: str, every: Ending, since_ms: int, now_ms: int) -> list[Ended]:
    """Those that ended from `since_ms` up to now, the first first."""
    found = (
        _milestones(store, workspace)
        if every == "milestone"
        else _incidents(store, workspace, since_ms, now_ms)
    )
    chosen = (one for one in found if since_ms <= one.at_ms <= now_ms)
    return sorted(chosen, key=lambda one: (one.at_ms, one.name))


def _milestones(store: Store, workspace: str) -> Iterator[Ended]:
    for raw in store.flows.closed_milestones(workspace, MOST):
        task = Task.parse(raw)
        if task.closed_ms:
            yield Ended(task.id, task.closed_ms)


def _incidents(store: Store, workspace: str, since_ms: int, now_ms: int) -> Iterator[Ended]:
    for one in store.table(Incidents).between(workspace, since_ms, now_ms + 1):
        if one.closed_ms is not None:
            yield Ended(one.id, one.closed_ms)


def _milestone(store: Store, name: str, zone: str, now_ms: int) -> Subject:
    """From its creation until it was closed, or until now."""
    row = store.mirror.get(name)
    if row is None:
        raise InputError(
            f"task {name} is not known",
            hint="The bot knows tasks that it has read: `clickup-mlops backfill` reads them.",
        )
    task = Task.parse(row.raw)
    title = " ".join(task.name.split()) or task.id
    end_ms = task.closed_ms or now_ms
    return Subject(periods.of_task("milestone", title, task.created_ms, end_ms, zone), task.id)


def _incident(store: Store, workspace: str, name: str, zone: str, now_ms: int) -> Subject:
    """From when it was opened until just after it was closed, or until now."""
    found = _named(store, name)
    if found is None or found.workspace != workspace:
        raise InputError(f"no incident {name} is known", hint="Give its task, or its id.")
    end_ms = now_ms if found.closed_ms is None else found.closed_ms + 1
    about = periods.of_task("incident", found.id, found.opened_ms, end_ms, zone)
    return Subject(about, found.task_id)


def _named(store: Store, name: str) -> Incident | None:
    """By its id, or the newest one of a task that began or joined it."""
    if (found := store.table(Incidents).get(name)) is not None:
        return found
    joined = store.table(Incidents).latest_of(name)
    known = [*store.table(Incidents).of_task(name), *([joined] if joined else [])]
    return max(known, key=lambda one: one.opened_ms, default=None)
