"""The page "Flow", of a bot beside the sandbox: after real events, and a past that is known."""

from dataclasses import replace
from typing import Any

import pytest

from clickup_mlops.bot.handle.results.timeline import TimelineLog
from clickup_mlops.features.dashboard.build import sections
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.ports.sections.history import open_data
from clickup_mlops.ports.sections.model import DAY_MS, Query
from clickup_mlops.series.history import StoreHistory
from clickup_mlops.store.access import EVERYTHING
from clickup_mlops.store.queries.flow import KNOWN_SINCE
from clickup_mlops.store.tables.timeline import Entry
from clickup_mlops.views.model import (
    NOT_ENOUGH,
    Badge,
    Cell,
    Chart,
    Duration,
    Figures,
    Link,
    Note,
    Number,
    Section,
    Table,
)
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team
from tests.flows.conftest import team as flow_team

__all__ = ["flow_team"]
HOUR_MS = DAY_MS // 24


@pytest.fixture
def team(flow_team: Team) -> Team:
    return flow_team


class Page:
    """The sections of the page as they are now."""

    def __init__(self, team: Team, **query: Any) -> None:
        bot, now = team.bot, team.bot.now_ms()
        history = StoreHistory(
            bot.store, bot.workspace_id, now, raw_ms=DAY_MS, five_minutes_ms=DAY_MS
        )
        data = replace(open_data(bot, EVERYTHING, now), history=history)
        result = sections(all_pages()["flow"], data, Query.of_page(now, draws="*", **query))
        self.sections: dict[str, Section] = {section.key: section for section in result}

    def rows(self, section: str, table: str) -> list[dict[str, Cell]]:
        """Cells by the title of their column."""
        tables = next(
            section_table
            for section_table in self.sections[section].tables()
            if section_table.key == table
        )
        titles = [column.title for column in tables.columns]
        return [dict(zip(titles, row, strict=True)) for row in tables.rows]

    def figures(self, section: str) -> dict[str, Cell]:
        blocks = self.sections[section].blocks
        return {
            item.label: item.cell
            for block in blocks
            if isinstance(block, Figures)
            for item in block.items
        }

    def notes(self, section: str) -> str:
        return " ".join(b.text for b in self.sections[section].blocks if isinstance(b, Note))


def past(team: Team, days: int, per_day: int = 1, workload: str = "inference") -> None:
    """So many days in which as many tasks were finished each day; a canary of an hour each."""
    store, now, place = team.bot.store, team.bot.now_ms(), team.control.list_id(LIST)
    store.notes.put(*KNOWN_SINCE.values(), True, now - (days + 1) * DAY_MS)
    for number in range(days * per_day):
        task, end = f"past{number}", now - (number // per_day) * DAY_MS - HOUR_MS
        steps = (
            ("created", "to do", "open", end - 5 * HOUR_MS),
            ("status", "canary", "custom", end - 3 * HOUR_MS),
            ("status", "rollout", "custom", end - 2 * HOUR_MS),
            ("status", "complete", "closed", end),
        )
        store.timeline.put(
            Entry(
                f"{task}:{status}",
                team.bot.workspace_id,
                task,
                at_ms,
                kind,  # type: ignore[arg-type]
                status,
                value={"to": status, "type": type_, "list": place},
            )
            for kind, status, type_, at_ms in steps
        )
        store.decisions.put(task, {"workload": workload}, "e", end)


def test_a_new_bot_says_that_it_knows_nothing(team: Team) -> None:
    """No number is made up, and no chart is empty."""
    page = Page(team)

    assert "Nothing is known yet" in page.notes("throughput")
    assert "No open milestones" in page.notes("milestones")
    assert "0 finished inference tasks" in page.notes("deployment")
    assert page.notes("training") == "No open training."
    assert page.figures("ageing") == {"In progress": Number(0), "Older than usual": NOT_ENOUGH}
    assert not any(section.charts() and [*section.charts()] for section in page.sections.values())


def test_arrivals_and_throughput_are_those_of_the_weeks(team: Team) -> None:
    """Whole weeks in the reader's time zone; four weeks against the four before."""
    past(team, 80)
    page = Page(team, zone="Asia/Kathmandu", range="1h")

    assert page.figures("throughput") == {"Arrived": Number(28), "Finished": Number(28)}
    (chart,) = page.sections["throughput"].charts()
    assert isinstance(chart, Chart)
    assert [line.name for line in chart.lines] == ["Arrived", "Finished"]
    assert {value for line in chart.lines for _, value in line.points} == {7.0}
    assert len(chart.lines[0].points) >= 10
    assert chart.end_ms - chart.start_ms == 90 * DAY_MS
    before = [item.before for item in _figures(page, "throughput").items]
    assert before == [Number(28), Number(28)]


def test_the_period_before_is_only_shown_if_it_is_known(team: Team) -> None:
    past(team, 40)

    assert [item.before for item in _figures(Page(team), "throughput").items] == [None, None]


def _figures(page: Page, section: str) -> Figures:
    return next(block for block in page.sections[section].blocks if isinstance(block, Figures))


def test_a_milestone_has_a_forecast_of_its_open_tasks(team: Team) -> None:
    """A task a day, three of three left: the third day, whatever is drawn."""
    milestone = team.member.create_task(LIST, "Launch <b>", custom_item_id=1)
    parts = [team.member.create_task(LIST, f"Part {n}", parent=milestone) for n in range(3)]
    team.member.set_status(milestone, "in progress")
    task = team.member.create_task(LIST, "Finished part", parent=milestone)
    team.member.set_status(task, "complete")
    team.settle()
    past(team, 60)
    _close_all_but(team, {milestone, *parts})
    due = team.bot.now_ms() + 30 * DAY_MS
    team.member.update(milestone, due_date=due)
    team.settle()

    (row,) = Page(team).rows("milestones", "milestones")
    assert row["Milestone"] == Link("Launch <b>", f"https://app.clickup.com/t/{milestone}")
    assert row["Finished"] == "1 of 4"
    assert row["In time"] == Number(100, "%", tone="good")
    days = [row["Done by, 50%"], row["Done by, 85%"], row["Done by, 95%"]]
    assert days == sorted(str(day) for day in days)
    assert Page(team).rows("milestones", "milestones") == [row]


def _close_all_but(team: Team, stored: set[str]) -> None:
    for task in team.control.tasks:
        if task.id not in stored:
            team.member.set_status(task.id, "complete")
    team.settle()


def test_a_milestone_without_enough_past_has_no_forecast(team: Team) -> None:
    """And says what is missing."""
    milestone = team.member.create_task(LIST, "Launch", custom_item_id=1)
    team.member.create_task(LIST, "Part", parent=milestone)
    team.member.create_task(LIST, "Empty milestone", custom_item_id=1)
    team.settle()
    past(team, 20)
    page = Page(team)

    result = {row["Finished"]: row for row in page.rows("milestones", "milestones")}
    assert result["0 of 1"]["In time"] == NOT_ENOUGH
    assert result["0 of 1"]["Done by, 95%"] is None
    assert result["no tasks"]["In time"] == Badge("no tasks", "warning")
    assert "4 whole weeks" in page.notes("milestones")


def test_the_deployment_cycle_is_shown_by_stage(team: Team) -> None:
    """Of inference tasks alone, in the order of the stages."""
    past(team, 30)
    page = Page(team)

    rows = page.rows("deployment", "stages")
    assert [row["Stage"] for row in rows] == ["to do", "canary", "rollout"]
    assert [row["50%"] for row in rows] == [Duration(n * HOUR_MS) for n in (2, 1, 2)]
    assert [row["Share of time"] for row in rows] == [Number(n, "%") for n in (40, 20, 40)]
    assert page.figures("deployment") == {
        "Finished": Number(30),
        "Waiting time": Duration(2 * HOUR_MS),
        "Cycle time": Duration(3 * HOUR_MS),
    }
    (block, *_) = (
        block for block in page.sections["deployment"].blocks if isinstance(block, Figures)
    )
    assert block.items[2].note.endswith("until finished; 85% within 3 h, 95% within 3 h")


def test_training_is_no_deployment(team: Team) -> None:
    past(team, 30, workload="training")

    assert "0 finished inference tasks" in Page(team).notes("deployment")


def test_work_that_is_older_than_most_finished_work_is_marked(team: Team) -> None:
    """The oldest first, with its age, since when it has its status, and how many were faster."""
    past(team, 30)
    old = team.member.create_task(LIST, f"{INFERENCE} old")
    team.member.set_status(old, "in progress")
    team.settle()
    team.control.clock.advance(2 * DAY_MS)
    new = team.member.create_task(LIST, f"{INFERENCE} new")
    team.member.set_status(new, "in progress")
    team.member.create_task(LIST, f"{INFERENCE} waiting")
    team.settle()
    page = Page(team)

    first, second = page.rows("ageing", "oldest")
    assert [str(row["Task"]).count("old") for row in (first, second)] == [1, 0]
    assert first["Status"] == "in progress" and first["List"] == LIST
    age = first["Age"]
    assert isinstance(age, Duration) and age.ms is not None and age.tone == "bad"
    assert 2 * DAY_MS <= age.ms < 2 * DAY_MS + HOUR_MS
    assert first["Finished faster"] == Number(100, "%", tone="bad")
    assert second["Finished faster"] == Number(0, "%")
    assert page.figures("ageing")["Older than usual"] == Number(1, tone="warning")
    assert page.rows("ageing", "wip") == [{"Status": "in progress", "Tasks": Number(2)}]


def test_training_waits_or_runs_with_its_progress(team: Team) -> None:
    """By the field that says how far it is."""
    team.control.create_field("Epochs", "manual_progress", config={"start": 0, "end": 40})
    waiting = team.member.create_task(LIST, TRAINING)
    run = team.member.create_task(LIST, f"{TRAINING} 2", assignees=[team.member.user.id])
    team.settle()
    team.member.set_field(run, "Epochs", {"current": 10})
    team.member.set_status(run, "in progress")
    team.settle()
    page = Page(team)

    (queued,) = page.rows("training", "queue")
    (running,) = page.rows("training", "runs")
    assert (queued["Task"], queued["Progress"]) == (
        Link(TRAINING, f"https://app.clickup.com/t/{waiting}"),
        None,
    )
    assert running["Progress"] == Number(25, "%")
    assert running["Assignees"] == team.member.user.username
    assert page.figures("training") == {
        "Open training": Number(2),
        "Waiting": Number(1),
        "In progress": Number(1),
    }


def test_tasks_that_were_there_before_the_timeline_are_counted_from_its_start(team: Team) -> None:
    """After an upgrade: what is in progress is known at once, and only once."""
    task = team.member.create_task(LIST, INFERENCE)
    team.member.set_status(task, "in progress")
    team.settle()
    store, log = team.bot.store, TimelineLog(team.bot.store)
    store.retention.prune({"timeline": 2**53}, 2**53)
    assert Page(team).figures("ageing")["In progress"] == Number(0)

    for _ in range(2):
        log.begin(team.bot.workspace_id, team.bot.now_ms())
        assert Page(team).figures("ageing")["In progress"] == Number(1)
    assert isinstance(next(Page(team).sections["ageing"].tables()), Table)
