"""Advice and what became of it: symptoms that came, and those that were observed no more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.model import CALENDAR, DAY_MS, Data, Period, Query, SectionType
from clickup_mlops.store.tables.timeline import Entry
from clickup_mlops.views import measures
from clickup_mlops.views.model import Badge, Cell, Column, Duration, Figures, Moment, Section, Table

MOST: Final = 30
_TIMELINE: Final = "timeline"
_COLUMNS: Final = (
    Column("Since"),
    Column("Advice"),
    Column("Task"),
    Column("Became of it"),
    Column("Lasted", "end"),
    Column("Numbers"),
)


@dataclass(frozen=True, slots=True)
class Course:
    """A symptom of a task from when it came; `over` None: it is not known to be over."""

    came: Entry
    over: Entry | None = None

    @property
    def lasted_ms(self) -> int | None:
        """Until it was over."""
        return None if self.over is None else self.over.at_ms - self.came.at_ms


def build(data: Data, query: Query) -> Section | None:
    """The section; None if there was no advice in both periods, and none is left."""
    found = figures.compared(query, lambda period: _during(period, courses(data, period)))
    if not (found.now or found.before):
        return None
    came = figures.compared(query, lambda period: _came(period, courses(data, period)))
    lasted = found.map(lambda all_: [float(x.lasted_ms) for x in all_ if x.lasted_ms is not None])
    over = found.map(lambda all_: (sum(one.over is not None for one in all_), len(all_)))
    head = Figures(
        (
            figures.count("Symptoms that came", query, _TIMELINE, came),
            figures.share("Symptoms that went", query, _TIMELINE, over),
            figures.typical("Time until they went", query, _TIMELINE, lasted),
        )
    )
    blocks = (head, _table(data, found.now))
    return Section("advice", SECTION.title, blocks, figures.source(query, _TIMELINE))


def courses(data: Data, period: Period) -> list[Course]:
    """Of each symptom that came up to 90 days before the period or in it, oldest first."""
    since = period.start_ms - 90 * DAY_MS
    entries = data.store.timeline.of_kind(data.workspace, "advice", since, period.end_ms)
    return follow(entries)


def follow(entries: Iterable[Entry]) -> list[Course]:
    """What became of each symptom. One that comes again after it went is another."""
    open_: dict[tuple[str, str, str], Entry] = {}
    ended: list[Course] = []
    for one in sorted(entries, key=lambda entry: (entry.at_ms, entry.key)):
        key = (one.task_id, _text(one, "symptom"), _text(one, "where"))
        if _text(one, "state") == "came":
            open_.setdefault(key, one)
        elif _text(one, "state") == "over" and key in open_:
            ended.append(Course(open_.pop(key), one))
    found = [*ended, *map(Course, open_.values())]
    return sorted(found, key=lambda course: (course.came.at_ms, course.came.key))


def _during(period: Period, found: Iterable[Course]) -> list[Course]:
    """Those that held at some time in the period."""
    return [one for one in found if one.over is None or one.over.at_ms >= period.start_ms]


def _came(period: Period, found: Iterable[Course]) -> int:
    return sum(one.came.at_ms >= period.start_ms for one in found)


def _table(data: Data, found: list[Course]) -> Table:
    newest = found[::-1][:MOST]
    known = tasks.known(data, (one.came.task_id for one in newest))
    rows = tuple(
        (
            Moment(one.came.at_ms),
            one.came.text,
            tasks.link(one.came.task_id, known),
            _became(one),
            Duration(one.lasted_ms) if one.over else None,
            _numbers(one),
        )
        for one in newest
    )
    empty = "No symptom was observed."
    return Table("advice", "Symptoms in the period", _COLUMNS, rows, empty=empty, total=len(found))


def _became(one: Course) -> Cell:
    return Badge("over", "good") if one.over else Badge("not over", "warning")


def _numbers(one: Course) -> str:
    """Each measure when it came, and when it was over."""
    before = _values(one.came)
    after = _values(one.over) if one.over else {}
    return ", ".join(
        measures.format_reading(name, value)
        + (f" -> {measures.format_value(name, after[name])}" if name in after else "")
        for name, value in sorted(before.items())
    )


def _values(entry: Entry) -> Mapping[str, float]:
    found = entry.value.get("numbers")
    numbers = found if isinstance(found, Mapping) else {}
    return {name: one for name, one in numbers.items() if isinstance(one, int | float)}


def _text(entry: Entry, name: str) -> str:
    return str(entry.value.get(name) or "")


SECTION = SectionType("Advice", build, order=70, reports=CALENDAR)
