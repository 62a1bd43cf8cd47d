"""Advice and what became of it: symptoms that came, and those that were observed no more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.model import CALENDAR, DAY_MS, Data, Period, Query, SectionType
from clickup_mlops.store.timeline_rows import Entry
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

    start: Entry
    over: Entry | None = None

    @property
    def lasted_ms(self) -> int | None:
        """Until it was over."""
        return None if self.over is None else self.over.at_ms - self.start.at_ms


def build(data: Data, query: Query) -> Section | None:
    """The section; None if there was no advice in both periods, and none is left."""
    held = figures.compared(query, lambda period: _during(period, courses(data, period)))
    if not (held.now or held.before):
        return None
    begun = figures.compared(query, lambda period: _count_begun(period, courses(data, period)))
    lasted = held.map(lambda all_: [float(x.lasted_ms) for x in all_ if x.lasted_ms is not None])
    over = held.map(lambda all_: (sum(course.over is not None for course in all_), len(all_)))
    head = Figures(
        (
            figures.count("Symptoms that came", query, _TIMELINE, begun),
            figures.share("Symptoms that went", query, _TIMELINE, over),
            figures.typical("Time until they went", query, _TIMELINE, lasted),
        )
    )
    blocks = (head, _table(data, held.now))
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
    for entry in sorted(entries, key=lambda event: (event.at_ms, event.key)):
        key = (entry.task_id, _text(entry, "symptom"), _text(entry, "where"))
        if _text(entry, "state") == "came":
            open_.setdefault(key, entry)
        elif _text(entry, "state") == "over" and key in open_:
            ended.append(Course(open_.pop(key), entry))
    all_courses = [*ended, *map(Course, open_.values())]
    return sorted(all_courses, key=lambda course: (course.start.at_ms, course.start.key))


def _during(period: Period, all_courses: Iterable[Course]) -> list[Course]:
    """Those that held at some time in the period."""
    return [
        course
        for course in all_courses
        if course.over is None or course.over.at_ms >= period.start_ms
    ]


def _count_begun(period: Period, all_courses: Iterable[Course]) -> int:
    return sum(course.start.at_ms >= period.start_ms for course in all_courses)


def _table(data: Data, held: list[Course]) -> Table:
    newest = held[::-1][:MOST]
    known_tasks = tasks.read_tasks(data, (course.start.task_id for course in newest))
    rows = tuple(
        (
            Moment(course.start.at_ms),
            course.start.text,
            tasks.link(course.start.task_id, known_tasks),
            _became(course),
            Duration(course.lasted_ms) if course.over else None,
            _numbers(course),
        )
        for course in newest
    )
    empty = "No symptom was observed."
    return Table("advice", "Symptoms in the period", _COLUMNS, rows, empty=empty, total=len(held))


def _became(course: Course) -> Cell:
    return Badge("over", "good") if course.over else Badge("not over", "warning")


def _numbers(course: Course) -> str:
    """Each measure when it came, and when it was over."""
    before = _values(course.start)
    after = _values(course.over) if course.over else {}
    return ", ".join(
        measures.format_reading(name, value)
        + (f" -> {measures.format_value(name, after[name])}" if name in after else "")
        for name, value in sorted(before.items())
    )


def _values(entry: Entry) -> Mapping[str, float]:
    values = entry.value.get("numbers")
    numbers = values if isinstance(values, Mapping) else {}
    return {name: number for name, number in numbers.items() if isinstance(number, int | float)}


def _text(entry: Entry, name: str) -> str:
    return str(entry.value.get(name) or "")


SECTION = SectionType("Advice", build, order=70, reports=CALENDAR)
