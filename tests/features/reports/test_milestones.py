"""Milestones and their forecasts, as they were when the period ended."""

from typing import Any

import pytest

from clickup_mlops.features.dashboard.pages.flow import milestones as page_milestones
from clickup_mlops.features.reports import build
from clickup_mlops.ports.sections import period
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.ports.sections.subject import Subject
from clickup_mlops.series.history import StoreHistory
from clickup_mlops.store import Store
from clickup_mlops.store.tables.timeline import Entry
from clickup_mlops.views.model import NOT_ENOUGH, Badge, Cell, Number, Section
from tests.features.reports.seeded import DAY_MS, HOUR_MS, WORKSPACE
from tests.features.reports.test_sections import END, START, WEEK, section_of, table

LIST = "55"


def task(store: Store, task_id: str, **more: Any) -> None:
    """A task of the List, in the mirror."""
    raw = {
        "id": task_id,
        "name": f"Task {task_id}",
        "url": f"https://app.clickup.com/t/{task_id}",
        "status": {"status": "to do", "type": "open"},
        "list": {"id": LIST},
        "date_created": str(START - 40 * DAY_MS),
        "date_updated": "1",
    }
    store.mirror.put_many(WORKSPACE, [raw | more], 1)


def finished(store: Store, task_id: str, at_ms: int, type_: str = "done") -> None:
    """As the timeline has it."""
    value = {"to": type_, "type": type_, "list": LIST}
    key = f"{task_id}:{at_ms}"
    store.timeline.put([Entry(key, WORKSPACE, task_id, at_ms, "status", "x", value=value)])


def one_a_day(store: Store, days: int = 84) -> None:
    """A task of the List is finished each day until the period ends."""
    for day in range(days):
        finished(store, f"past{day}", END - day * DAY_MS - 12 * HOUR_MS)


def milestone(store: Store, parts: int, due_days: int | None = None) -> None:
    """With so many open subtasks."""
    due = {} if due_days is None else {"due_date": str(END + due_days * DAY_MS - HOUR_MS)}
    task(store, "m1", custom_item_id=1, **due)
    for number in range(parts):
        task(store, f"p{number}", parent="m1")


def row(section: Section) -> tuple[Cell, ...]:
    """Of the only milestone, without its name."""
    ((_, *cells),) = table(section, "milestones").rows
    return tuple(cells)


@pytest.mark.parametrize(("due_days", "chance", "tone"), [(30, 100, "good"), (1, 0, "bad")])
def test_a_steady_team_finishes_on_a_day_that_is_known(
    empty: Store, due_days: int, chance: float, tone: str
) -> None:
    """One a day, five that are wanted and the milestone itself are open: six days at most."""
    one_a_day(empty)
    milestone(empty, 5, due_days)

    outcome, _due, *ends, in_time = row(section_of(empty, "milestones"))

    assert outcome == "0 of 5"
    assert set(ends) <= {"2026-12-04", "2026-12-05"}
    assert ends[-1] == "2026-12-05"
    assert in_time == Number(chance, "%", tone=tone)  # type: ignore[arg-type]


def test_the_dashboard_forecasts_the_same_as_a_report(empty: Store) -> None:
    """On the day that begins when the report's period ends."""
    for day in range(84):
        for number in range(day % 5):
            finished(empty, f"past{day}_{number}", END - day * DAY_MS - (number + 1) * HOUR_MS)
    milestone(empty, 2, 8)
    for number in range(30):
        task(empty, f"other{number}")
    query = Query.of_page(END + 9 * HOUR_MS, zone=WEEK.zone)
    data = Data(empty, StoreHistory(empty, WORKSPACE, END, raw_ms=1, five_minutes_ms=1), WORKSPACE)

    on_page = page_milestones.SECTION.build(data, query)

    assert on_page
    assert row(on_page) == row(section_of(empty, "milestones"))
    _completed, _due, *ends, in_time = row(on_page)
    assert len({*ends}) == 3
    assert isinstance(in_time, Number)
    assert 0 < (in_time.value or 0) < 100


def test_too_short_a_past_makes_no_forecast(empty: Store) -> None:
    one_a_day(empty, 20)
    empty.notes.first("since", "timeline", True, END - 20 * DAY_MS)
    milestone(empty, 5, 30)

    assert row(section_of(empty, "milestones"))[2:] == (None, None, None, NOT_ENOUGH)


def test_what_was_finished_later_was_open(empty: Store) -> None:
    """Of its tasks, and the milestone itself."""
    milestone(empty, 2)
    finished(empty, "p0", END - 1)
    finished(empty, "p1", END)
    finished(empty, "m1", END + 1)

    assert row(section_of(empty, "milestones"))[0] == "1 of 2"


def test_a_milestone_that_was_finished_in_the_period_says_whether_it_was_late(
    empty: Store,
) -> None:
    """On the day when it is due it is not: a date without a time is 04:00 of that day. One that was
    finished before is not there.
    """
    for name, due_ms, at_ms in (
        ("m1", START, START + DAY_MS),
        ("m2", START + 4 * HOUR_MS, START + 23 * HOUR_MS),
        ("m3", END, END - 5),
        ("m4", 1, START - 1),
    ):
        closed = {"status": {"status": "done", "type": "done"}, "due_date": str(due_ms)}
        task(empty, name, custom_item_id=1, **closed)
        finished(empty, name, at_ms)

    rows = table(section_of(empty, "milestones"), "milestones").rows

    assert [row[-1] for row in rows] == [
        Badge("finished late", "warning"),
        Badge("finished", "good"),
        Badge("finished", "good"),
    ]


def test_a_milestones_report_has_its_tasks_open_ones_first(empty: Store) -> None:
    """Those that it waits for and that are linked to it, too; nothing of other milestones."""
    waits = {"dependencies": [{"task_id": "m1", "depends_on": "d1"}]}
    linked = {"linked_tasks": [{"task_id": "m1", "link_id": "l1"}]}
    task(empty, "m1", custom_item_id=1, **waits, **linked)
    task(empty, "m2", custom_item_id=1)
    for name in ("d1", "l1", "other"):
        task(empty, name)
    task(empty, "p1", parent="m1")
    finished(empty, "d1", END - 1)
    about = period.of_task("milestone", "Task m1", START, END, WEEK.zone)

    built = build.report(empty, WORKSPACE, Subject(about, "m1"))

    assert [section.key for section in built.sections] == ["milestones", "milestone"]
    assert row(built.sections[0])[0] == "1 of 3"
    output = [
        (getattr(row[0], "text", ""), row[-1]) for row in table(built.sections[1], "tasks").rows
    ]
    assert output == [
        ("Task l1", Badge("open", "warning")),
        ("Task p1", Badge("open", "warning")),
        ("Task d1", Badge("finished", "good")),
    ]
