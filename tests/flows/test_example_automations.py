"""The ten automations of `automations/examples/`, all on at once beside those that are shipped, run
live on the sandbox.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team
from tests.flows.test_commands import say
from tests.flows.test_incidents import messages

EXAMPLES = Path(__file__).parents[2] / "automations" / "examples"
URGENT, HIGH, NORMAL, LOW = 1, 2, 3, 4
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
STATUSES = ("to do", "queued", "in progress", "canary", "in review", "on hold", "failed")


@pytest.fixture
def live(team: Team) -> Iterator[Team]:
    """All ten are on; the clock stands at noon of a Wednesday in the winter (UTC)."""
    custom = [{"status": name, "type": "custom", "color": "#aaa"} for name in STATUSES[1:]]
    team.control.set_statuses(
        LIST,
        [
            {"status": STATUSES[0], "type": "open", "color": "#aaa"},
            *custom,
            {"status": "complete", "type": "closed", "color": "#aaa"},
        ],
    )
    team.control.create_field("GPU class", "short_text", list_name=LIST)
    team.control.create_field("Loss", "number", list_name=LIST)
    go_to(team, "2032-01-14T12:00")
    member = team.member.user.username
    by_name: dict[str, Any] = {
        "page_capacity": {"settings": {"owner": member}},
        "morning_digest": {"settings": {"place": LIST, "older": "PT4H"}},
        "weekly_load": {"settings": {"place": LIST}},
        "spot_in_a_crunch": {"settings": {"longest": 2}},
    }
    team.configure(own_folders=(EXAMPLES,), by_name=by_name)
    yield team
    assert team.bot.inbox.depth(team.bot.now_ms()).parked == 0


def go_to(team: Team, moment: str) -> None:
    """The clock shows this time (UTC); it is never set back."""
    at_ms = round(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000)
    team.control.clock.set(max(at_ms, team.control.clock.now_ms()))


def pass_time(team: Team, until: str, step: timedelta = timedelta(minutes=5)) -> None:
    """Until then, with the schedules of each step."""
    end = datetime.fromisoformat(until).replace(tzinfo=UTC)
    while (now := datetime.fromtimestamp(team.bot.now_ms() / 1000, UTC)) < end:
        team.control.clock.set(round(min(end, now + step).timestamp() * 1000))
        team.bot.sources.schedules.catch_up()
        team.settle()


def tags(team: Team, task: str) -> set[str]:
    return {tag["name"] for tag in team.control.task(task)["tags"]}


def status(team: Team, task: str) -> str:
    return str(team.control.task(task)["status"]["status"])


def field(team: Team, task: str, name: str) -> object:
    fields = team.bot.client.tasks.get(task).fields
    return next(value.read() for value in fields if value.name == name)


def comments(team: Team, task: str) -> list[str]:
    """Their first lines, the newest first."""
    return [
        comment.text.splitlines()[0].strip() for comment in team.bot.client.comments.of_task(task)
    ]


@pytest.mark.parametrize("end", ["closed", "deleted"])
def test_gpu_hold_ends_when_the_last_blocker_ends(live: Team, end: str) -> None:
    """At once, without a schedule; the policy decides again."""
    reserve, data = (live.member.create_task(LIST, name) for name in ("Reserve GPUs", "Data set"))
    run = live.member.create_task(LIST, TRAINING, tags=["training"], due_date=in_hours(live, 20))
    live.settle()
    before = live.priority(run)
    for blocker in (reserve, data):
        live.member.depend(run, blocker)
    live.settle()
    assert (live.priority(run), "gpu-hold" in tags(live, run)) == (LOW, True)
    live.member.set_status(data, "complete")
    live.settle()
    assert (live.priority(run), "gpu-hold" in tags(live, run)) == (LOW, True)

    if end == "closed":
        live.member.set_status(reserve, "complete")
    else:
        live.member.delete(reserve)
    live.settle()
    assert (live.priority(run), "gpu-hold" in tags(live, run)) == (before, False)
    assert comments(live, run)[0].startswith("Free to start:")
    assert live.bot.store.overrides.get(run, live.bot.now_ms()) is None


def in_hours(team: Team, hours: float) -> int:
    return team.bot.now_ms() + int(hours * HOUR_MS)


def test_page_capacity_is_for_people_alone(live: Team) -> None:
    """No event triggers it; each time that somebody asks is a message."""
    task = live.member.create_task(LIST, TRAINING)
    live.settle()
    live.member.tag(task, "now")
    live.settle()
    assert "capacity-asked" not in tags(live, task)
    for _ in range(2):
        say(live, task, "/run page_capacity")
    first, _second = messages(live, "capacity")
    assert f"@{live.member.user.username}" in first.replace("\\", "")
    assert "capacity-asked" in tags(live, task)


def test_morning_digest_has_all_that_is_old_with_its_age(live: Team) -> None:
    """Of everybody, also of nobody, at 9 in Madrid; what is young is left out."""
    ids = [person.id for person in live.control.members[1:3]]
    go_to(live, "2032-01-14T12:30")
    live.control.clock.freeze()
    live.member.create_task(LIST, "Ranker [v7]", assignees=ids)
    live.settle()
    live.control.clock.advance(2 * HOUR_MS)
    live.member.create_task(LIST, "Embedder")
    live.settle()
    pass_time(live, "2032-01-15T07:55", timedelta(hours=4))
    live.member.create_task(LIST, "Young")
    live.settle()
    pass_time(live, "2032-01-15T08:00")

    (message,) = messages(live, "serving")
    first, second = [line for line in message.splitlines() if "Ranker" in line or "Embed" in line]
    assert "Young" not in message
    assert "19h 30m" in first and live.control.members[1].username in first
    assert "17h 30m" in second and "nobody" in second
    pass_time(live, "2032-01-15T09:00", timedelta(minutes=30))
    assert len(messages(live, "serving")) == 1


def test_weekly_load_names_everybody_once(live: Team) -> None:
    """On Monday at 8:30 in Madrid."""
    people = live.control.members[1:3]
    for number, assigned in enumerate([people[:1], people, []]):
        live.member.create_task(LIST, f"Task {number}", assignees=[p.id for p in assigned])
        live.settle()
        live.control.clock.advance(HOUR_MS)
    pass_time(live, "2032-01-19T07:00", timedelta(hours=12))
    pass_time(live, "2032-01-19T07:30")
    text = next(text for text in messages(live, "serving") if "Open work" in text)
    assert text.count(people[0].username) == text.count(people[1].username) == 1
    assert f"{people[0].username}: 2, the oldest 4d 19h" in text.replace("\\", "")
    assert "Nobody: " in text


def test_review_waits_acts_in_working_hours_only(live: Team) -> None:
    """Due at 20:00 it acts at opening; due at 9:10 it does not wait for the next day."""
    pass_time(live, "2032-01-14T14:00", timedelta(hours=1))
    evening = live.member.create_task(LIST, "Rollout A")
    live.member.set_status(evening, "in review")
    live.settle()
    pass_time(live, "2032-01-14T15:50", timedelta(minutes=10))
    late = live.member.create_task(LIST, "Rollout B")
    live.member.set_status(late, "in review")
    live.settle()
    pass_time(live, "2032-01-15T09:55", timedelta(minutes=15))
    assert comments(live, evening) == []
    pass_time(live, "2032-01-15T10:05")
    (reminder,) = comments(live, evening)
    assert reminder.startswith("Waits for review for 4h")
    assert comments(live, late) == []
    pass_time(live, "2032-01-15T11:55", timedelta(minutes=10))
    assert len(comments(live, late)) == 1
    live.member.set_status(late, "in progress")
    live.settle()
    assert "review-late" not in tags(live, late)
    pass_time(live, "2032-01-15T13:00", timedelta(minutes=30))
    assert len(comments(live, evening)) == 1


def sweep(team: Team, runs: int) -> tuple[str, list[str]]:
    parent = team.member.create_task(LIST, "Learning rate sweep")
    names = [team.member.create_task(LIST, f"lr {n}", parent=parent) for n in range(runs)]
    team.settle()
    return parent, names


def test_sweep_progress_is_one_comment_for_a_burst(live: Team) -> None:
    """Twenty runs that change together."""
    parent, runs = sweep(live, 20)
    live.member.set_field(runs[0], "Loss", 1.92)
    for run in runs[:19]:
        live.member.set_status(run, "complete")
    live.settle()
    assert comments(live, parent) == []
    live.control.clock.advance(3 * MINUTE_MS)
    live.settle()
    (comment,) = comments(live, parent)
    assert comment == "Sweep: 19 of 20 runs are over, 0 failed. Lowest loss: 1.92."


def test_sweep_over_moves_on_once(live: Team) -> None:
    """When the last run is over, and again when it was opened and is over again."""
    parent, runs = sweep(live, 3)
    for run in runs:
        live.member.set_status(run, "complete")
    live.settle()
    assert status(live, parent) == "in review"
    over = [text for text in comments(live, parent) if text.startswith("All 3 runs")]
    assert len(over) == 1
    live.member.set_status(runs[0], "in progress")
    live.member.set_status(parent, "in progress")
    live.settle()
    assert status(live, parent) == "in progress"
    live.member.set_status(runs[0], "complete")
    live.settle()
    assert status(live, parent) == "in review"


def test_incident_window_restores_what_was_before(live: Team) -> None:
    """A person's priority with its hold, the policy's, and what a person chose meanwhile."""
    stored, routed, chosen = (live.member.create_task(LIST, INFERENCE) for _ in range(3))
    live.settle()
    say(live, stored, "/priority low for 3d")
    for task in (stored, routed, chosen):
        live.member.tag(task, "serving-path")
    incident = live.member.create_task(LIST, "Chat", tags=["inference", "incident"])
    live.settle()
    pass_time(live, "2032-01-14T12:10")
    assert [live.priority(task) for task in (stored, routed, chosen)] == [HIGH] * 3
    live.member.set_priority(chosen, "urgent")
    live.settle()
    live.member.set_status(incident, "complete")
    live.settle()
    pass_time(live, "2032-01-14T12:20")
    live.job("reevaluate")

    assert [live.priority(task) for task in (stored, routed, chosen)] == [LOW, NORMAL, URGENT]
    override = live.bot.store.overrides.get(stored, live.bot.now_ms())
    assert override is not None and override.set_by == "/priority"


def test_release_freeze_continues_where_it_was(live: Team) -> None:
    """From Saturday 0:00 to Monday 0:00 in Madrid; a rollback on Sunday stays."""
    canary, rolled_back = (live.member.create_task(LIST, INFERENCE) for _ in range(2))
    for task in (canary, rolled_back):
        live.member.set_status(task, "canary")
    live.settle()
    pass_time(live, "2032-01-16T22:55", timedelta(hours=11))
    assert status(live, canary) == "canary"
    pass_time(live, "2032-01-16T23:05")
    assert [status(live, task) for task in (canary, rolled_back)] == ["on hold"] * 2
    live.member.set_status(rolled_back, "failed")
    live.settle()
    pass_time(live, "2032-01-18T22:55", timedelta(hours=12))
    assert status(live, canary) == "on hold"
    pass_time(live, "2032-01-18T23:05")

    assert [status(live, task) for task in (canary, rolled_back)] == ["canary", "failed"]
    assert comments(live, canary)[0] == "The freeze is over."


def test_spot_in_a_crunch_gives_back_each_class(live: Team) -> None:
    """Also none at all; and a class that a person chose stays."""
    tasks = [live.member.create_task(LIST, f"Fine-tune {n}", tags=["training"]) for n in range(4)]
    for task, value in zip(tasks[:2], ("A100", "H100"), strict=True):
        live.member.set_field(task, "GPU class", value)
    for task in tasks:
        live.member.set_status(task, "queued")
    live.settle()
    pass_time(live, "2032-01-14T12:20")
    assert [field(live, task, "GPU class") for task in tasks] == ["spot"] * 4
    live.member.set_field(tasks[1], "GPU class", "B200")
    live.settle()
    live.member.set_status(tasks[3], "in progress")
    live.member.set_status(tasks[0], "in progress")
    live.member.set_status(tasks[1], "in progress")
    live.settle()
    pass_time(live, "2032-01-14T12:40")

    classes = [field(live, task, "GPU class") for task in tasks]
    assert classes == ["A100", "B200", None, None]
