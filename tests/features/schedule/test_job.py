"""The bot plans again by itself, and recognises its own writes."""

from datetime import timedelta

from clickup_mlops.features.schedule.package import JOB, SchedulePackage
from clickup_mlops.features.schedule.settings import PoolSettings, ScheduleSettings
from clickup_mlops.features.schedule.tables.windows import PlannedWindows
from tests.features.schedule.conftest import HOUR_MS, Runs
from tests.flows.conftest import Team


def follow(team: Team, **more) -> None:
    """Go on with a pool of 16 GPUs and the job."""
    settings = ScheduleSettings(
        pools={"gpu-a": PoolSettings(gpus=16)}, replan_every=timedelta(minutes=15), **more
    )
    team.restart(team.bot.settings.with_tables(settings))


def test_a_new_run_gets_its_dates_and_the_next_pass_writes_nothing(team: Team) -> None:
    """With the reason, which pages and agents show."""
    runs = Runs(team.sandbox)
    task = runs.add("a run")
    follow(team)
    team.settle()
    team.job(JOB)
    assert all(runs.dates(task))
    window = team.bot.store.table(PlannedWindows).of_workspace(team.bot.workspace_id)[task]
    assert window.why == "It can start at once."

    team.control.reset_counts()
    team.job(JOB)
    assert team.control.writes() == []


def test_a_run_that_has_not_started_is_placed_again(team: Team) -> None:
    """Reality has moved; a run after it moves, too."""
    runs = Runs(team.sandbox)
    first, second = runs.add("first", 16), runs.add("second", 16)
    follow(team)
    team.job(JOB)
    begun = [runs.dates(task)[0] for task in (first, second)]

    team.control.clock.advance(2 * HOUR_MS)
    team.job(JOB)
    after = [runs.dates(task)[0] for task in (first, second)]
    assert begun[0] and after[0] and after[0] > begun[0]
    rows = team.bot.store.table(PlannedWindows).of_workspace(team.bot.workspace_id)
    assert rows[first].moves == 1


def test_one_pass_moves_no_more_runs_than_the_limit(team: Team) -> None:
    """Those that start first; the next pass goes on."""
    runs = Runs(team.sandbox)
    tasks = [runs.add(f"run {number}", 16, 1) for number in range(4)]
    follow(team, moves=1)
    team.job(JOB)
    before = [runs.dates(task) for task in tasks]

    team.control.clock.advance(6 * HOUR_MS)
    team.job(JOB)
    assert sum(runs.dates(task) != dates for task, dates in zip(tasks, before, strict=True)) == 1


def test_a_write_whose_recording_was_cut_off_is_not_taken_for_a_person_s(team: Team) -> None:
    """The bot was killed between ClickUp's answer and its own store."""
    runs = Runs(team.sandbox)
    task = runs.add("a run")
    follow(team)
    team.job(JOB)
    store = team.bot.store
    store.table(PlannedWindows).remove(team.bot.workspace_id, [task])

    planned = team.bot.get(SchedulePackage).plan()
    (placement,) = planned.schedule.placements
    assert (placement.run.state, planned.steps) == ("waiting", ())


def test_a_refused_run_keeps_no_other_one_from_its_dates(team: Team) -> None:
    """ClickUp answers 400 for one of them."""
    runs = Runs(team.sandbox)
    tasks = [runs.add(f"run {number}", 4, 1) for number in range(3)]
    follow(team)
    team.settle()
    team.control.faults.add("status", method="PUT", status_code=400)
    team.job(JOB)
    assert sum(all(runs.dates(task)) for task in tasks) == 2
    team.job(JOB)
    assert all(all(runs.dates(task)) for task in tasks)


def test_dates_that_a_person_sets_while_a_plan_is_reviewed_stay(team: Team) -> None:
    """The others are written."""
    runs = Runs(team.sandbox)
    theirs, second = runs.add("theirs"), runs.add("other")
    follow(team)
    package = team.bot.get(SchedulePackage)
    planned = package.plan()
    chosen_ms = team.bot.now_ms() + 50 * HOUR_MS
    team.member.update(theirs, start_date=chosen_ms)
    results = {step.task_id: state for step, state in package.apply(planned, package.cause())}

    assert results == {theirs: "overtaken", second: "done"}
    assert runs.dates(theirs)[0] == chosen_ms
    assert all(runs.dates(second))
