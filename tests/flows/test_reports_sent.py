"""Reports go where they should, when they should, once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.reports.delivery.settings import ReportSettings
from clickup_mlops.features.undo.operations import Target, undo
from clickup_mlops.store import Filter
from clickup_mlops.store.queries.flow import KNOWN_SINCE
from tests.features.reports.delivery.maker import SMALL, SmallMaker, reports
from tests.flows.conftest import INFERENCE, LIST, Team
from tests.flows.test_digests import until

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
WEEK_MS = 7 * DAY_MS


def report(**targets: dict[str, Any]) -> ReportSettings:
    """A weekly report with these targets."""
    return ReportSettings.model_validate({"every": "weekly", "targets": targets})


def send_weekly(team: Team, settings: ReportSettings) -> None:
    """Go on with this report, as `weekly`."""
    team.restart(team.bot.settings.model_copy(update={"reports": {"weekly": settings}}), SMALL)


def maker(team: Team) -> SmallMaker:
    """What builds the reports of the bot."""
    maker = reports(team.bot).maker
    assert isinstance(maker, SmallMaker)
    return maker


def run_due(team: Team) -> None:
    """What the clock does each minute, and what follows."""
    reports(team.bot).schedule.run_due()
    team.settle()


def messages(team: Team) -> list[str]:
    """Texts of the chat messages that there are."""
    return [message.content for message in team.sandbox.world.messages]


def pages(team: Team) -> dict[str, str]:
    """Texts of the pages of docs, by name."""
    return {page.name: page.content for page in team.sandbox.world.pages}


@pytest.fixture
def weekly(team: Team, tmp_path: Path) -> Iterator[Team]:
    """A team with a weekly report to a Doc, a channel, a comment and files; its first time comes
    within a week.
    """
    until(team, 1, 9)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    out = {"folder": str(tmp_path / "out"), "formats": ["html", "markdown"]}
    send_weekly(
        team,
        report(
            page={"kind": "doc", "doc": "Reports"},
            channel={"kind": "chat", "channel": "#ml-ops"},
            task={"kind": "comment", "task": f"https://app.clickup.com/t/{task}"},
            files={"kind": "file", **out},
        ),
    )
    team.settle()
    run_due(team)
    return team  # type: ignore[return-value]


def test_a_week_after_the_other_each_target_gets_its_report_once(
    weekly: Team, tmp_path: Path
) -> None:
    for _ in range(2):
        weekly.control.clock.advance(WEEK_MS)
        run_due(weekly)
        run_due(weekly)

    first, second = sorted(pages(weekly))
    assert (first[:7], second[:7]) == ("Report ", "Report ") and first != second
    assert [text.partition("\n")[0] for text in messages(weekly)] == [f"# {first}", f"# {second}"]
    assert len(list(weekly.sandbox.world.docs)) == 1
    names = {path.name for path in (tmp_path / "out").iterdir()}
    weeks = [first.removeprefix("Report "), second.removeprefix("Report ")]
    assert names == {f"weekly-{week}.{end}" for week in weeks for end in ("html", "md")}
    entries = weekly.bot.store.audit.select(Filter(automation="report:weekly", outcome="done"))
    assert (
        sorted(entry.kind.partition(":")[0] for entry in entries)
        == ["chat"] * 2 + ["comment"] * 2 + ["doc"] * 2
    )


def test_weeks_that_were_missed_are_made_up_for_once(weekly: Team) -> None:
    """Three weeks away: the last week's report, and no other."""
    weekly.control.clock.advance(3 * WEEK_MS)
    weekly.restart(builds=SMALL)
    run_due(weekly)
    weekly.restart(builds=SMALL)
    run_due(weekly)

    assert len(messages(weekly)) == len(pages(weekly)) == 1
    name = reports(weekly.bot).schedule.about("weekly").period.name
    assert [*pages(weekly)] == [f"Report {name}"]


def test_a_week_that_was_missed_is_made_up_for_though_another_clock_was_ahead(
    weekly: Team,
) -> None:
    """A process whose clock was weeks ahead has sent one, and went; later another one starts."""
    now_ms = weekly.bot.now_ms()
    weekly.control.clock.freeze(now_ms + 5 * WEEK_MS)
    run_due(weekly)
    weekly.restart(builds=SMALL)
    weekly.control.clock.freeze(now_ms + 2 * WEEK_MS)
    for _ in range(2):
        run_due(weekly)
    name = reports(weekly.bot).schedule.about("weekly").period.name
    assert f"Report {name}" in pages(weekly)
    assert len(messages(weekly)) == len(pages(weekly)) == 2


def test_no_report_is_sent_about_a_time_before_the_bot(team: Team) -> None:
    """It began on a Tuesday: the first daily report is about that day, of which it knows a part."""
    until(team, 1, 7)
    team.bot.store.notes.put(KNOWN_SINCE["scope"], KNOWN_SINCE["name"], True, team.bot.now_ms())
    targets = {"channel": {"kind": "chat", "channel": "#ml-ops"}}
    daily = ReportSettings.model_validate({"every": "daily", "targets": targets})
    send_weekly(team, daily)
    run_due(team)
    team.control.clock.advance(2 * HOUR_MS)
    run_due(team)
    assert messages(team) == []

    team.control.clock.advance(DAY_MS)
    run_due(team)
    (message,) = messages(team)
    assert reports(team.bot).schedule.about("weekly").period.name in message


def test_two_machines_send_one_report(weekly: Team) -> None:
    """Both look at the same minute: the row's key is the period."""
    weekly.control.clock.advance(WEEK_MS)
    schedule = reports(weekly.bot).schedule
    schedule.enqueue("weekly", schedule.about("weekly").key)
    run_due(weekly)

    assert len(messages(weekly)) == 1


def test_a_report_that_is_sent_again_is_updated_in_place(weekly: Team) -> None:
    """The same page, message and comment get the new text; the same text costs no call."""
    weekly.control.clock.advance(WEEK_MS)
    run_due(weekly)
    schedule = reports(weekly.bot).schedule
    period = schedule.about("weekly").period
    weekly.control.reset_counts()

    schedule.enqueue("weekly", period.name, ("page", "channel", "task"), once="1")
    weekly.settle()
    assert weekly.control.stats.total == 0

    maker(weekly).numbers[period.name] = "2 deployments"
    schedule.enqueue("weekly", period.name, once="2")
    weekly.settle()
    (page,), (message,) = pages(weekly).values(), messages(weekly)
    assert "2 deployments" in page and "2 deployments" in message
    (comment,) = weekly.sandbox.world.comments
    assert "2 deployments" in str(comment.blocks)


def test_a_message_that_a_person_deleted_is_posted_anew(weekly: Team) -> None:
    weekly.control.clock.advance(WEEK_MS)
    run_due(weekly)
    schedule = reports(weekly.bot).schedule
    period = schedule.about("weekly").period
    (old,) = weekly.sandbox.world.messages
    weekly.sandbox.world.messages.drop(old.id)

    maker(weekly).numbers[period.name] = "2 deployments"
    schedule.enqueue("weekly", period.name, ("channel",), once="1")
    weekly.settle()

    (message,) = weekly.sandbox.world.messages
    assert "2 deployments" in message.content and message.id != old.id


def test_undo_brings_the_old_text_back_and_then_removes_the_message(weekly: Team) -> None:
    weekly.control.clock.advance(WEEK_MS)
    run_due(weekly)
    schedule = reports(weekly.bot).schedule
    period = schedule.about("weekly").period
    (before,) = messages(weekly)
    maker(weekly).numbers[period.name] = "2 deployments"
    schedule.enqueue("weekly", period.name, ("channel",), once="1")
    weekly.settle()
    new, changed = weekly.bot.store.audit.select(
        Filter(kind=f"chat:report/weekly/channel#{period.name}")
    )

    back = [*undo(weekly.bot, Target(f"change:{changed.seq}"), actor="Ada").changes]
    assert [result.state for result in back] == ["undone"], back
    assert messages(weekly) == [before]
    results = [*undo(weekly.bot, Target(f"change:{new.seq}"), actor="Ada").changes]
    assert [result.state for result in results] == ["undone"], results
    assert messages(weekly) == []


def test_in_shadow_mode_nothing_reaches_clickup(weekly: Team) -> None:
    """The files are written; they are on the bot's own machine."""
    weekly.configure(mode="shadow")
    weekly.restart(builds=SMALL)
    weekly.control.clock.advance(WEEK_MS)
    run_due(weekly)

    assert messages(weekly) == [] and pages(weekly) == {}


def test_a_target_that_refuses_holds_up_no_other(weekly: Team) -> None:
    """A task that is gone: parked with its error, and the others have their report."""
    (task,) = [task.id for task in weekly.sandbox.world.tasks if task.name == INFERENCE]
    weekly.member.delete(task)
    weekly.settle()
    weekly.control.clock.advance(WEEK_MS)
    run_due(weekly)
    while weekly.bot.inbox.depth(weekly.bot.now_ms()).ready:
        weekly.control.clock.advance(3_600_000)
        weekly.settle()

    (parked,) = weekly.bot.inbox.list("parked", 5)
    assert parked.lane == "report:weekly:task"
    assert len(messages(weekly)) == len(pages(weekly)) == 1


def test_what_is_not_configured_any_more_is_dropped(weekly: Team) -> None:
    weekly.control.clock.advance(WEEK_MS)
    reports(weekly.bot).schedule.run_due()
    send_weekly(weekly, report(page={"kind": "doc"}))
    weekly.settle()

    assert messages(weekly) == [] and len(pages(weekly)) == 1
    depth = weekly.bot.inbox.depth(weekly.bot.now_ms())
    assert (depth.ready, depth.parked) == (0, 0)


def test_more_writes_than_the_cap_wait(weekly: Team) -> None:
    settings = weekly.bot.settings.reports["weekly"].model_copy(update={"cap": 1})
    send_weekly(weekly, settings)
    weekly.control.clock.advance(WEEK_MS)
    run_due(weekly)
    write_count = len(messages(weekly)) + len(pages(weekly)) + len([*weekly.sandbox.world.comments])
    assert write_count == 2, "a page, and a message or comment, which have a cap of their own"

    for _ in range(3):
        weekly.control.clock.advance(3_600_001)
        weekly.settle()
    assert len(messages(weekly)) == len(pages(weekly)) == 1
