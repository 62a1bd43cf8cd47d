"""What a report may be about besides a period of the calendar: something that begins and ends.

A feature offers a kind as `SUBJECT` in its `report_subject.py`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from clickup_mlops.ports.sections.model import Period
from clickup_mlops.store import Store

Ending = Literal["milestone", "incident"]
"""Kinds of reports about something that ends."""


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
    """What ended: a milestone, by its task, or an incident, by its id; and when (Unix ms)."""

    name: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class SubjectType:
    """`find(store, workspace, name, zone, now_ms)` is what people mean by a name; it raises
    InputError. `ended(store, workspace, since_ms, now_ms)`: what may have ended in that time.

    `title(store, period)` names it for people; empty: `period.name` does.
    `detailed_tasks(store, subject)`: those whose charts have the finest points that there are,
    instead of means over an hour.
    """

    every: Ending
    find: Callable[[Store, str, str, str, int], Subject]
    ended: Callable[[Store, str, int, int], Iterable[Ended]]
    title: Callable[[Store, Period], str] = lambda _store, _period: ""
    detailed_tasks: Callable[[Store, Subject], Iterable[str]] = lambda _store, _subject: ()
