"""What a report is made of: a period, and a section for each file in `sections/`.

The same period from the same store gives the same report: nothing reads the clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from clickup_mlops.series.history import History
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import Series
from clickup_mlops.views.model import Section

Every = Literal["daily", "weekly", "monthly", "milestone", "incident"]


@dataclass(frozen=True, slots=True)
class Period:
    """From `start_ms` until before `end_ms` (Unix ms), in a time zone such as `Europe/Madrid`.

    `name` is `2026-11-27`, `2026-W48` or `2026-11`; of a milestone its name, of an incident its id.
    """

    every: Every
    name: str
    start_ms: int
    end_ms: int
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Objective:
    """A limit, in the unit of what is measured, and the side of it on which a value is a breach."""

    limit: float
    worse: Literal["above", "below"] = "above"

    def is_breached(self, value: float) -> bool:
        """Whether the value is on that side."""
        return value > self.limit if self.worse == "above" else value < self.limit


def _none(_series: Series) -> Objective | None:
    return None


@dataclass(frozen=True, slots=True)
class Data:
    """What sections read. `before` is the period before, to compare with; None: there is none.

    `subject` is the task that the report is about: a milestone or an incident; empty for periods.
    """

    store: Store
    history: History
    workspace: str
    period: Period
    before: Period | None = None
    subject: str = ""
    objective: Callable[[Series], Objective | None] = _none
    """The objective of what a series measures; None: it has none."""


@dataclass(frozen=True, slots=True)
class SectionType:
    """`build` gives the section, or None if there is nothing to say. `of`: in which reports."""

    title: str
    build: Callable[[Data], Section | None]
    order: int = 50
    of: tuple[Every, ...] = ("daily", "weekly", "monthly")


@dataclass(frozen=True, slots=True)
class Report:
    """A title, the period, and sections in their order."""

    title: str
    period: Period
    sections: tuple[Section, ...]
