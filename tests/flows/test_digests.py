"""A chat digest: one message a day, brought up to date in place."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from clickup_mlops import content
from clickup_mlops.features.digests.package import DigestsPackage
from clickup_mlops.features.digests.sender import Digests
from clickup_mlops.features.digests.settings import DigestSettings
from clickup_mlops.features.undo.operations import Target, undo
from clickup_mlops.sandbox.clickup.state.model import Message
from clickup_mlops.store import Filter
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def follow(team: Team, **settings: Any) -> Digests:
    """Go on with a digest `ops` for #ops."""
    digest_settings = DigestSettings.model_validate({"channel": "ops", "at": "00:00", **settings})
    team.restart(team.bot.settings.model_copy(update={"digests": {"ops": digest_settings}}))
    package = team.bot.get(DigestsPackage)
    return package.digests


def look(team: Team) -> None:
    """What the clock does every half hour, and what follows."""
    package = team.bot.get(DigestsPackage)
    package.digests.tick("ops", 30 * MINUTE_MS)
    team.settle()


def until(team: Team, weekday: int, hour: int) -> None:
    """Let time pass until that day (0: Monday) and hour (UTC)."""
    now = datetime.fromtimestamp(team.bot.now_ms() / 1000, UTC)
    target = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    target += timedelta(days=(weekday - now.weekday()) % 7)
    target += timedelta(days=7 * (target <= now))
    team.control.clock.advance(int((target - now).total_seconds() * 1000))


def posted(team: Team) -> list[Message]:
    """The messages that there are."""
    return [*team.sandbox.world.messages]


def test_one_message_a_day_is_changed_instead_of_many(team: Team) -> None:
    """It names the tasks of the lane in their order, who has none, and leaves out training."""
    until(team, 0, 9)
    follow(team)
    first = team.member.create_task(LIST, INFERENCE)
    team.member.create_task(LIST, TRAINING)
    team.settle()
    look(team)
    (message,) = posted(team)
    assert INFERENCE in message.content and TRAINING not in message.content
    assert "nobody assigned" in message.content

    team.member.update(first, assignees={"add": [team.control.member("Maria").id]})
    team.control.clock.advance(HOUR_MS)
    team.settle()
    look(team)
    (changed,) = posted(team)
    assert changed.id == message.id
    assert "nobody assigned" not in changed.content and "Maria" in changed.content

    team.control.clock.advance(24 * HOUR_MS)
    look(team)
    assert len(posted(team)) == 2


def test_the_message_comes_as_soon_as_its_hours_begin(team: Team) -> None:
    """At `at`, or when the quiet hours end: not with the next round of updates."""
    until(team, 0, 8)
    quiet = {"from": "22:00", "to": "10:00"}
    digests = follow(team, at="09:00", quiet=quiet, update_every=timedelta(hours=9))
    counts = []
    for _ in range(13):
        team.control.clock.advance(10 * MINUTE_MS)
        digests.begin()
        team.settle()
        counts.append(len(posted(team)))

    assert counts == [0] * 11 + [1] * 2


def test_a_message_that_says_the_same_is_left_alone(team: Team) -> None:
    until(team, 0, 9)
    follow(team)
    look(team)
    team.control.reset_counts()
    team.control.clock.advance(HOUR_MS)
    look(team)

    assert team.control.stats.total == 0
    (message,) = posted(team)
    assert (
        "No open task is known." in message.content
        and "Last change: 09:00 (UTC)" in message.content
    )


def test_in_quiet_hours_and_on_days_without_one_nothing_is_written(team: Team) -> None:
    """The day's message comes when the quiet hours end."""
    until(team, 4, 7)
    follow(team, quiet={"from": "20:00", "to": "08:00"}, days=["FRI"])
    look(team)
    assert posted(team) == []
    until(team, 4, 8)
    look(team)
    assert len(posted(team)) == 1

    team.member.create_task(LIST, INFERENCE)
    until(team, 4, 21)
    look(team)
    until(team, 5, 9)
    look(team)
    (message,) = posted(team)
    assert INFERENCE not in message.content


def test_nothing_is_posted_before_its_time(team: Team) -> None:
    until(team, 1, 8)
    follow(team, at="09:00", zone="Europe/Madrid")
    team.control.clock.advance(-90 * MINUTE_MS)
    look(team)
    assert posted(team) == []

    until(team, 1, 9)
    look(team)
    assert len(posted(team)) == 1


def test_who_is_on_call_is_mentioned_when_something_is_live(team: Team) -> None:
    """By role and rotation; a name that nobody has keeps nothing from being posted."""
    until(team, 0, 9)
    people = team.bot.settings.people.model_copy(update={"on_call": ("Maria",)})
    team.restart(team.bot.settings.model_copy(update={"people": people}))
    follow(team, mention=["Jonas", "nobody-of-that-name"], mention_on_breach=["on_call"])
    maria, jonas = (team.control.member(name).id for name in ("Maria", "Jonas"))
    look(team)
    (message,) = posted(team)
    assert f"(#user_mention#{jonas})" in message.content
    assert f"(#user_mention#{maria})" not in message.content

    team.member.create_task(LIST, f"{INFERENCE} @everyone [x](#user_mention#1)", tags=["incident"])
    team.settle()
    team.control.clock.advance(HOUR_MS)
    look(team)
    (message,) = posted(team)
    assert f"(#user_mention#{maria})" in message.content
    assert "Breaches and live incidents" in message.content
    assert "@everyone" not in message.content and "[x](" not in message.content


def test_after_an_undo_the_day_has_no_message(team: Team) -> None:
    until(team, 0, 9)
    follow(team)
    look(team)
    (entry,) = team.bot.store.audit.select(Filter(automation="digest:ops"))
    (change,) = undo(team.bot, Target(f"change:{entry.seq}"), actor="Ada").changes
    assert change.state == "undone" and posted(team) == []

    team.member.create_task(LIST, INFERENCE)
    team.control.clock.advance(HOUR_MS)
    look(team)
    assert posted(team) == []


def test_a_new_channel_gets_a_message_of_its_own(team: Team) -> None:
    until(team, 0, 9)
    follow(team)
    look(team)
    follow(team, channel="#serving")
    team.control.clock.advance(HOUR_MS)
    look(team)

    assert len({message.channel_id for message in posted(team)}) == 2


@pytest.mark.parametrize("looks", [1, 3])
def test_looks_that_piled_up_are_one(team: Team, looks: int) -> None:
    until(team, 0, 9)
    digests = follow(team)
    for _ in range(looks):
        digests.tick("ops", 30 * MINUTE_MS)
        team.control.clock.advance(HOUR_MS)
    team.control.reset_counts()
    team.settle()

    assert len(posted(team)) == 1
    assert team.control.stats.calls("POST", "/messages") == 1


@pytest.mark.parametrize("fault", ["cut_before", "cut_after"])
def test_a_call_without_an_answer_leaves_one_message(team: Team, fault: str) -> None:
    """It is looked for before it is sent again; a change may simply be sent again."""
    until(team, 0, 9)
    follow(team)
    for method in ("POST", "PATCH"):
        team.control.reset_counts()
        team.control.faults.add(fault, method=method, path="*messages*")
        team.member.create_task(LIST, f"{INFERENCE} {method}")
        team.control.clock.advance(HOUR_MS)
        team.settle()
        look(team)
        for _ in range(5):
            team.control.clock.advance(60_000)
            team.settle()
        looked = team.control.stats.calls("GET", "messages")
        assert looked if method == "POST" else team.control.stats.calls("PATCH") == 2

    (message,) = posted(team)
    assert f"{INFERENCE} PATCH" in message.content
    assert team.bot.store.journal.unfinished() == []


def test_it_lists_what_is_blocked_and_which_training_is_held(team: Team, tmp_path: Path) -> None:
    """A task that waits for an open one, and training that `training_deferred` holds; by what."""
    until(team, 0, 9)
    folder = Path(copytree(content.find_folder("automations"), tmp_path / "automations"))
    deferring = folder / "training_deferred.toml"
    text = deferring.read_text("utf-8").replace('mode = "off"', 'mode = "on"')
    deferring.write_text(text, encoding="utf-8")
    team.configure(folder=folder)
    follow(team)
    wall = team.member.create_task(LIST, f"{INFERENCE}: quota [x](#user_mention#1)")
    blocked = team.member.create_task(LIST, f"{INFERENCE}: the rest")
    trainings = [team.member.create_task(LIST, f"{TRAINING} {n}") for n in range(2)]
    live = team.member.create_task(LIST, f"{INFERENCE}: 503")
    team.settle()
    team.member.depend(blocked, wall)
    team.settle()
    team.member.set_priority(blocked, "high")
    team.member.tag(live, "incident")
    team.settle()
    for training in trainings:
        reevaluate(team, training)
    look(team)
    (message,) = posted(team)
    held = message.content.partition("**Training on hold** (2)")[2]
    assert held.count(TRAINING) == 2 and held.count("training\\_deferred: Defers training") == 1
    assert "team.incidents" not in held
    waits = message.content.partition("**Blocked** (1)")[2].partition("\n\n")[2].partition("\n")[0]
    assert "the rest" in waits and "waits for" in waits and "quota" in waits
    assert "[x](" not in message.content

    team.member.set_status(wall, "complete")
    team.member.untag(live, "incident")
    team.settle()
    for training in trainings:
        reevaluate(team, training)
    team.control.clock.advance(HOUR_MS)
    look(team)
    (message,) = posted(team)
    assert "**Blocked**" not in message.content and "**Training on hold**" not in message.content


def reevaluate(team: Team, task: str) -> None:
    """Its status changes for a moment: that is an event that `training_deferred` listens for."""
    for status in ("in progress", "to do"):
        team.member.set_status(task, status)
        team.settle()
