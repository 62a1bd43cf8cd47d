"""What happens by the clock."""

from collections import Counter
from pathlib import Path

from clickup_mlops.bot.receive.reevaluation import UNSEEN_MS
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team, build

NOTHING = """when = "false"
do = [{ action = "create_task", list = "Tasks", name = "Never" }]"""


def test_two_schedulers_run_a_job_once(team: Team) -> None:
    """The scheduled time is the key: the second machine's row is a duplicate."""
    assert team.bot.jobs.queue.insert("heal", 1_000)
    assert not team.bot.jobs.queue.insert("heal", 1_000)


def test_rounds_that_piled_up_are_run_once(team: Team) -> None:
    """After an outage of hours a job does not run for every interval that passed."""
    for number in range(50):
        team.bot.jobs.queue.insert("heal", number)
    team.settle()

    assert team.control.stats.total == 1
    assert team.bot.inbox.depth(team.bot.now_ms()).ready == 0


def test_old_events_are_pruned_and_open_ones_stay(team: Team) -> None:
    """What was done long ago is deleted; what waits or is parked is not."""
    team.member.create_task(LIST, INFERENCE)
    team.settle()
    done_count = team.bot.inbox.depth(team.bot.now_ms()).handled
    row = team.bot.inbox.list("done", 1)[0]
    team.bot.inbox.replay(row.id, team.bot.now_ms())
    team.bot.inbox.park(row.id, "kept")

    team.control.clock.advance(31 * 86_400_000)
    team.job("prune")

    depth = team.bot.inbox.depth(team.bot.now_ms())
    assert depth.parked == 1
    assert depth.handled < done_count


def test_a_round_of_reevaluation_is_bounded(team: Team) -> None:
    """Not everything is written at once; the next round goes on."""
    due = team.bot.now_ms() + 10 * 86_400_000
    for number in range(5):
        team.member.create_task(LIST, f"{INFERENCE} {number}", due_date=due)
    team.settle()
    team.bot.sources.reevaluation.most = 2
    team.control.clock.advance(int(9.5 * 86_400_000))
    team.control.reset_counts()

    for changed in (2, 4, 5):
        team.job("reevaluate")
        assert team.control.stats.calls("PUT") == changed


def test_a_longer_wait_alone_is_no_new_decision(team: Team) -> None:
    """What is kept says why the priority was set: not each day's "waiting for 16 days"."""
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    counts = []
    for day in range(14, 19):
        team.control.clock.advance((15 if day == 14 else 1) * 86_400_000)
        team.member.tag(task, f"day{day}")
        team.settle()
        counts.append(team.bot.store.decisions.history(task, 9))

    assert "waiting for 15 days" in str(counts[0][0].body["reasons"])
    assert [len(history) for history in counts] == [2] * 5


def test_in_shadow_mode_a_round_decides_each_task_once(team: Team) -> None:
    """The next round goes on behind the last one, and once all are decided there is no work."""
    due = team.bot.now_ms() + 10 * 86_400_000
    for number in range(5):
        team.member.create_task(LIST, f"{INFERENCE} {number}", due_date=due)
    team.settle()
    automations = team.bot.settings.automations.model_copy(update={"mode": "shadow"})
    settings = team.bot.settings.model_copy(update={"automations": automations})
    with build(settings, clock=team.bot.now_ms) as dry:
        dry.sources.reevaluation.most = 2
        team.control.clock.advance(int(9.5 * 86_400_000))
        rounds = []
        for _ in range(5):
            rounds.append(dry.sources.reevaluation.run())
            dry.run_until_idle()

    assert [len(tasks_of_round) for tasks_of_round in rounds] == [2, 2, 1, 0, 0]
    assert len({task for tasks_of_round in rounds for task in tasks_of_round}) == 5


def test_a_round_begins_behind_the_last_one_though_nothing_came_of_it(team: Team) -> None:
    """An automation that is at its cap must not keep the other tasks from their turn."""
    due = team.bot.now_ms() + 10 * 86_400_000
    for number in range(5):
        team.member.create_task(LIST, f"{INFERENCE} {number}", due_date=due)
    team.settle()
    team.bot.sources.reevaluation.most = 2
    team.control.clock.advance(int(9.5 * 86_400_000))

    rounds = [team.bot.sources.reevaluation.run() for _ in range(5)]

    turns = Counter(task for tasks_of_round in rounds for task in tasks_of_round)
    assert sorted(turns.values()) == [2] * 5


def test_a_task_whose_deletion_nobody_told_is_forgotten_in_time(team: Team) -> None:
    """A back-fill cannot see it; what was not read for a month is looked at, a few each round."""
    remaining, deleted = (team.member.create_task(LIST, f"{INFERENCE} {n}") for n in range(2))
    team.settle()
    team.control.faults.add("drop", event="taskDeleted", times=None)
    team.member.delete(deleted)
    team.job("reevaluate")
    assert team.bot.store.mirror.get(deleted) is not None

    team.control.clock.advance(UNSEEN_MS + 1)
    team.job("reevaluate")
    team.control.reset_counts()
    team.job("reevaluate")

    assert team.bot.store.mirror.get(deleted) is None
    assert team.bot.store.mirror.get(remaining) is not None
    assert team.control.stats.calls("GET", "/task/") == 0


def test_a_schedule_runs_once_though_the_machines_clock_is_ahead(
    team: Team, tmp_path: Path
) -> None:
    """Its timers call before the time has come by ClickUp's clock; then the bot restarts."""
    team.use(tmp_path, each='schedule = { cron = "0 * * * *" }\nper = "workspace"\n' + NOTHING)
    team.bot.sources.schedules.catch_up()
    (automation,) = team.bot.sources.schedules.automations
    assert automation.schedule is not None
    due_ms = automation.schedule.next_ms(team.bot.now_ms())
    assert due_ms is not None
    team.control.clock.freeze(due_ms - 3_000)
    for timer in team.bot.scheduler.timers:
        team.bot.scheduler.run(timer)
    team.control.clock.advance(10_000)

    team.bot.sources.schedules.catch_up()

    rows = [row.key for row in team.bot.inbox.list("ready", 99) if row.lane == "schedule:each"]
    assert rows == [f"schedule:each:{due_ms}"]


def test_a_clock_that_was_ahead_for_a_while_stops_no_schedule(team: Team, tmp_path: Path) -> None:
    """The bot ran in the next year by a machine's clock that was set back then."""
    team.use(tmp_path, each='schedule = { cron = "0 * * * *" }\nper = "workspace"\n' + NOTHING)
    now_ms = team.bot.now_ms()
    team.control.clock.freeze(now_ms + 365 * 86_400_000)
    team.bot.sources.schedules.catch_up()

    team.control.clock.freeze(now_ms)
    for _ in range(3):
        team.bot.sources.schedules.catch_up()
        team.control.clock.advance(3_600_000)

    rows = [row.key for row in team.bot.inbox.list("ready", 99) if row.lane == "schedule:each"]
    assert len(rows) == 2


def test_a_missed_time_is_made_up_for_though_another_clock_was_ahead(
    team: Team, tmp_path: Path
) -> None:
    """A process ran, whose clock is two hours ahead. Later another one starts: since then a time
    has passed while no process ran.
    """
    team.use(tmp_path, each=HOURLY)
    assert count_rounds(team) == 0
    begun_ms = team.bot.now_ms() // 3_600_000 * 3_600_000 + 3_600_000
    team.control.clock.freeze(begun_ms + 2 * 3_600_000)
    assert count_rounds(team) == 1

    team.restart()
    team.control.clock.freeze(begun_ms + 3_600_000 + 60_000)
    assert count_rounds(team) == 2
    assert count_rounds(team) == 2


def test_a_clock_that_is_seconds_ahead_takes_no_run_from_another_process(
    team: Team, tmp_path: Path
) -> None:
    """Both look in turns: each time of the clock is one run."""
    team.use(tmp_path, each=HOURLY.replace("0 * * * *", "* * * * *"))
    ahead = build(team.bot.settings, clock=lambda: team.bot.now_ms() + 90_000)
    with ahead as second_bot:
        begun_ms = team.bot.now_ms()
        for _ in range(40):
            team.bot.sources.schedules.catch_up()
            second_bot.sources.schedules.catch_up()
            team.control.clock.advance(5_000)
        team.bot.sources.schedules.catch_up()
    rows = [row.key for row in team.bot.inbox.list("ready", 99) if row.lane == "schedule:each"]
    minutes = {int(key.rpartition(":")[2]) // 60_000 for key in rows}
    passed = range(begun_ms // 60_000 + 1, team.bot.now_ms() // 60_000 + 1)
    assert len(rows) == len(minutes)
    assert minutes >= set(passed)


HOURLY = 'schedule = { cron = "0 * * * *" }\nper = "workspace"\n' + NOTHING


def count_rounds(team: Team) -> int:
    """How often the schedule's time came, as the bot starts now."""
    team.bot.sources.start()
    return sum(row.lane == "schedule:each" for row in team.bot.inbox.list("ready", 99))


def three_hours_later(team: Team, tmp_path: Path) -> list[int]:
    """How often the time of the hourly automation came: once it is on again, and an hour later."""
    team.control.clock.advance(3 * 3_600_000)
    team.use(tmp_path, each=HOURLY)
    at_once = count_rounds(team)
    team.control.clock.advance(3_600_000)
    return [at_once, count_rounds(team)]


def test_a_schedule_that_was_off_makes_up_for_nothing(team: Team, tmp_path: Path) -> None:
    """It was not missed: nobody wanted it then. Switched on again, it waits for its next time."""
    team.use(tmp_path, each=HOURLY)
    assert count_rounds(team) == 0
    team.use(tmp_path, each=f'{HOURLY}\nmode = "off"')
    assert count_rounds(team) == 0

    assert three_hours_later(team, tmp_path) == [0, 1]


def test_a_schedule_that_was_changed_makes_up_for_nothing(team: Team, tmp_path: Path) -> None:
    """Its new times before the change were never missed; those after it are made up for."""
    team.use(tmp_path, each=HOURLY.replace("0 * * * *", "0 0 1 1 *"))
    assert count_rounds(team) == 0

    assert three_hours_later(team, tmp_path) == [0, 1]


def test_what_an_older_version_noted_is_made_up_for(team: Team, tmp_path: Path) -> None:
    """It noted the time alone: an upgrade misses nothing."""
    team.use(tmp_path, each=HOURLY)
    team.bot.store.cursors.set("schedule:each", str(team.bot.now_ms()))
    team.control.clock.advance(3_600_000)

    assert count_rounds(team) == 1


def test_a_run_that_was_cut_off_is_done_to_the_end_though_the_next_one_came(
    team: Team, tmp_path: Path
) -> None:
    """ClickUp failed between the two things that it makes, for longer than until the next time."""
    team.use(
        tmp_path,
        each="""schedule = { cron = "0 * * * *" }
        per = "workspace"
        do = [
          { action = "post_chat", channel = "a", text = "${event.key}", key = "${event.key}" },
          { action = "create_task", list = "Tasks", name = "${event.key}" },
        ]""",
    )
    count_rounds(team)
    team.control.faults.add("status", method="POST", path="*/task", status_code=503)
    for _ in range(2):
        team.control.clock.advance(3_600_000)
        count_rounds(team)
        team.settle()

    team.control.clock.advance(60_000)  # what was not found is looked for once more
    team.settle()

    first_words = sorted(message.content.split()[0] for message in team.sandbox.world.messages)
    assert len(first_words) == 2
    assert sorted(task.name for task in team.control.tasks) == first_words
