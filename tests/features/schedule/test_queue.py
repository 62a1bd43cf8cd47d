"""Where waiting runs stand, and when they will start."""

import json

import pytest

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.schedule import snapshot
from clickup_mlops.features.schedule.mcp_tools.training_schedule import call
from clickup_mlops.features.schedule.package import JOB
from clickup_mlops.features.schedule.pages.training.queue import SECTION
from clickup_mlops.features.schedule.plan.forecast import forecast
from clickup_mlops.features.schedule.plan.planner import plan
from clickup_mlops.features.schedule.tables.lengths import RunLengths
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.series.history import StoreHistory
from tests.features.schedule.conftest import HOUR_MS, Runs
from tests.features.schedule.plan.worlds import NOW, at, rules, run
from tests.features.schedule.test_job import follow
from tests.flows.conftest import Team
from tests.interfaces.cli.conftest import Cli


def test_the_interval_is_as_wide_as_ended_runs_differed_from_their_estimates() -> None:
    """Runs that always take as long as estimated leave no doubt."""
    runs = [run("running", 16, 10, window=at(0, 10), state="running"), run("next", 16, 4)]
    placements = plan(runs, rules(peaks=()), NOW).placements

    exact = forecast(placements, rules(peaks=()), [1.0] * 8, NOW)["next"]
    assert (exact.position, exact.low_ms, exact.high_ms) == (1, *2 * [NOW + 10 * HOUR_MS])
    wide = forecast(placements, rules(peaks=()), [0.5, 1.0, 2.0] * 3, NOW)["next"]
    assert (wide.low_ms, wide.high_ms) == (NOW + 5 * HOUR_MS, NOW + 20 * HOUR_MS)


def test_intervals_hold_for_as_many_runs_as_they_say() -> None:
    """Of 200 other futures of the same queue about 80% are inside."""
    import random

    spread = [0.6, 0.8, 1.0, 1.0, 1.2, 1.5, 0.9, 1.1]
    runs = [run(f"r{number}", 16, 4) for number in range(6)]
    its_rules = rules(peaks=())
    placements = plan(runs, its_rules, NOW).placements
    last = placements[-1].run.id
    interval = forecast(placements, its_rules, spread, NOW)[last]
    source = random.Random(7)
    futures = [
        NOW + sum(round(4 * HOUR_MS * source.choice(spread)) for _ in range(5)) for _ in range(200)
    ]
    inside = sum(interval.low_ms <= future <= interval.high_ms for future in futures)
    assert 0.7 <= inside / 200 <= 0.92


def test_the_queue_shows_positions_by_pool(scheduling: Cli, runs: Runs) -> None:
    """In the order of their starts."""
    first, second = runs.add("first", 16), runs.add("second", 16)
    waiting = json.loads(scheduling("schedule", "queue", "--json").out)["runs"]

    assert {row["task_id"]: row["position"] for row in waiting} == {first: 1, second: 2}
    assert all(row["low_ms"] <= row["start_ms"] <= row["high_ms"] for row in waiting)
    assert "between" in scheduling("schedule", "queue").out


def test_page_agents_and_slash_command_show_the_last_plan(team: Team) -> None:
    """Without a call to ClickUp."""
    runs = Runs(team.sandbox)
    task, unclear = runs.add("a run", 16), runs.add("unclear", 8, None)
    follow(team)
    team.settle()
    team.job(JOB)
    bot = team.bot
    calls = bot.client.calls

    section = SECTION.build(
        Data(bot.store, _history(bot), bot.workspace_id),
        Query.of_page(bot.now_ms()),
    )
    assert section and "It can start at once." in str(section) and "no estimate" in str(section)
    last = snapshot.get(bot.store, bot.workspace_id)
    assert last and last.runs[0].task_id == task and last.problems[0][0] == unclear
    assert bot.client.calls == calls
    answer = call(Access(bot.settings, bot.now_ms), task=task)
    assert (answer.total, answer.runs[0].position) == (1, 1)

    team.member.comment(task, "/schedule")
    team.settle()
    replies = [
        comment.text for comment in team.sandbox.world.comments if "Number 1" in comment.text
    ]
    assert len(replies) == 1


def test_the_slash_command_says_that_the_run_is_deferred(team: Team) -> None:
    """By its tag, also before the next plan."""
    task = Runs(team.sandbox).add("a run", 16)
    follow(team)
    team.settle()
    team.job(JOB)
    for tag in ("", "deferred"):
        if tag:
            team.member.tag(task, tag)
        team.member.comment(task, "/schedule")
        team.settle()

    replies = [
        comment.text for comment in team.sandbox.world.comments if "Number 1" in comment.text
    ]
    assert ["tag deferred" in reply for reply in replies] == [False, True]


def test_the_length_of_a_run_is_learnt_from_when_it_runs(team: Team) -> None:
    """From the first pass that sees it running to the first that does not."""
    runs = Runs(team.sandbox)
    task = runs.add("a run", 16, 4)
    follow(team)
    team.member.set_status(task, "in progress")
    team.job(JOB)
    team.control.clock.advance(6 * HOUR_MS)
    team.member.set_status(task, "complete")
    team.job(JOB)

    (ratio,) = team.bot.store.table(RunLengths).ratios(team.bot.workspace_id)
    assert ratio == pytest.approx(1.5, abs=0.01)


def _history(bot: Bot) -> StoreHistory:
    now = bot.now_ms()
    return StoreHistory(bot.store, bot.workspace_id, now, raw_ms=0, five_minutes_ms=0)
