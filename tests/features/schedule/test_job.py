"""The bot plans again by itself, and recognises its own writes."""

from datetime import timedelta
from itertools import pairwise

from clickup_mlops.automations.deferral import TAG
from clickup_mlops.features.schedule import snapshot
from clickup_mlops.features.schedule.package import JOB, SchedulePackage
from clickup_mlops.features.schedule.settings import PoolSettings, ScheduleSettings
from clickup_mlops.features.schedule.tables.windows import PlannedWindows
from clickup_mlops.routing.decision import format_moment
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


def test_a_deferred_run_gets_no_start_until_it_is_released(team: Team) -> None:
    """One whose start has passed stays where it is, and is moved no further."""
    runs = Runs(team.sandbox)
    placed = runs.add("placed", 16)
    follow(team)
    team.job(JOB)
    new = runs.add("new", 16)
    for task in (placed, new):
        team.member.tag(task, TAG)
    before = runs.dates(placed)
    team.control.clock.advance(2 * HOUR_MS)
    team.job(JOB)
    assert runs.dates(placed) == before and not any(runs.dates(new))
    last = snapshot.get(team.bot.store, team.bot.workspace_id)
    assert last and not last.runs
    text, planned = "is deferred by the tag deferred", format_moment(before[0] or 0)
    assert dict(last.problems) == {placed: f"{text}; its dates from {planned} stay", new: text}

    for task in (placed, new):
        team.member.untag(task, TAG)
    team.job(JOB)
    starts = [runs.dates(task)[0] or 0 for task in (placed, new)]
    assert all(start >= team.bot.now_ms() for start in starts)


def test_runs_that_wait_for_a_deferred_one_get_no_start_before_it(team: Team) -> None:
    """Also those that wait for it by way of others."""
    runs = Runs(team.sandbox)
    tasks = [runs.add(name, 4) for name in ("first", "second", "third")]
    for before, after in pairwise(tasks):
        team.member.depend(after, before)
    team.member.tag(tasks[0], TAG)
    follow(team)
    team.job(JOB)
    assert not any(any(runs.dates(task)) for task in tasks)
    last = snapshot.get(team.bot.store, team.bot.workspace_id)
    assert last and dict(last.problems) == {
        tasks[0]: "is deferred by the tag deferred",
        **{
            after: f"waits for {before}, which is open and has no window"
            for before, after in pairwise(tasks)
        },
    }

    team.member.untag(tasks[0], TAG)
    team.job(JOB)
    starts = [runs.dates(task)[0] or 0 for task in tasks]
    assert all(starts) and starts == sorted(set(starts))


def test_a_deferred_run_that_starts_later_keeps_its_place(team: Team) -> None:
    """The incident may be over by then."""
    runs = Runs(team.sandbox)
    runs.add("first", 16)
    later = runs.add("later", 16)
    follow(team)
    team.job(JOB)
    before = runs.dates(later)
    team.member.tag(later, TAG)
    team.job(JOB)
    assert all(before) and runs.dates(later) == before
    last = snapshot.get(team.bot.store, team.bot.workspace_id)
    assert last and later in [run.task_id for run in last.runs]


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
