"""Commands whose delivery is lost for good: the back-fill finds them, and each is answered once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from clickup_mlops.errors import RetryableApiError
from clickup_mlops.sandbox.clickup.state.talk import comments
from clickup_mlops.store import Journal, backup
from clickup_mlops.store.journal_rows import Write
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
COMMENTS = "/comment"


@pytest.fixture
def task(team: Team) -> str:
    """A training task that the policy has made Low; then the bot is away."""
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    team.job("backfill")
    assert team.priority(task) == 4
    team.control.clock.advance(HOUR_MS)
    return task


def lose(team: Team, *actions: Callable[[], Any]) -> list[Any]:
    """What these return; ClickUp gives up to deliver it."""
    delivery_count = len(team.control.delivery_log())
    team.control.faults.add("drop", event="*", times=None)
    results = []
    for action in actions:
        results.append(action())
        team.control.clock.advance(MINUTE_MS)
    assert team.control.deliveries.wait_idle()
    team.control.faults.clear()
    assert len(team.control.delivery_log()) > delivery_count
    return results


def lose_comments(team: Team, task: str, *texts: str, author: Any = None) -> list[str]:
    """Comments whose deliveries are lost: their ids."""
    member = author or team.member
    return lose(team, *((lambda text=text: member.comment(task, text)) for text in texts))


def look(team: Team) -> None:
    """The bot looks for what it missed, three times."""
    for _ in range(3):
        team.job("backfill")
        team.control.clock.advance(10 * MINUTE_MS)


def thread(team: Team, comment: str) -> list[str]:
    """The replies to a comment, oldest first."""
    return [reply.text.strip() for reply in reversed(team.bot.client.comments.replies(comment))]


def test_a_command_whose_delivery_is_lost_is_executed_and_answered_once(
    team: Team, task: str
) -> None:
    """It holds from the time of its comment, by its author."""
    (comment,) = lose_comments(team, task, "/priority high for 5h because the demo is on Friday")
    at_ms = team.control.clock.now_ms() - MINUTE_MS
    team.control.clock.advance(HOUR_MS)
    look(team)

    assert team.priority(task) == 2
    (reply,) = thread(team, comment)
    assert reply.startswith("Priority High until")
    override = team.bot.store.overrides.get(task, team.bot.now_ms())
    assert override is not None
    assert override.user_name == team.control.members[1].username
    assert override.since_ms == pytest.approx(at_ms, abs=1_000)
    assert override.until_ms == override.since_ms + 5 * HOUR_MS
    assert len(team.bot_writes(task)) == 2


def test_a_delivery_that_comes_after_all_is_answered_no_second_time(team: Team, task: str) -> None:
    """Nor are repetitions."""
    delivery_count = len(team.control.delivery_log())
    (comment,) = lose_comments(team, task, "/priority high")
    late = team.control.delivery_log()[delivery_count:]
    look(team)
    for delivery in [*late, *late]:
        team.control.deliveries.resend(delivery.id)
        team.settle()

    assert len(thread(team, comment)) == 1
    assert len(team.bot_writes(task)) == 2


def test_what_a_delivery_has_brought_is_not_answered_again_by_a_look(team: Team, task: str) -> None:
    """The look goes back further than the last one, and finds another change."""
    comment = team.member.comment(task, "/priority high")
    team.settle()
    lose(team, lambda: team.member.update(task, name=TRAINING + " 2"))
    look(team)

    assert len(thread(team, comment)) == 1
    assert len(team.bot_writes(task)) == 2


def test_several_missed_commands_are_executed_in_their_order(team: Team, task: str) -> None:
    """The newest ends on top, though ClickUp lists it first, and each page has 25."""
    talk = ["fine"] * 30
    first, *_, last = lose_comments(team, task, "/priority urgent", *talk, "/priority high")
    look(team)

    assert team.priority(task) == 2
    assert len(thread(team, first)) == len(thread(team, last)) == 1
    assert [write.after["id"] for write in team.bot_writes(task)] == ["4", "1", "2"]


def test_missed_commands_are_undone_one_by_one(team: Team, task: str) -> None:
    """Though one event of the back-fill stands for all of them."""
    lose_comments(team, task, "/priority urgent", "/priority high")
    undos = lose_comments(team, task, "/undo", "/undo")
    look(team)

    assert team.priority(task) == 4
    assert ["Left as it is" in text for undo in undos for text in thread(team, undo)] == [False] * 2
    lose_comments(team, task, "/priority urgent", "/priority high")
    look(team)
    lose_comments(team, task, "/undo")
    look(team)
    assert team.priority(task) == 1


def test_a_missed_command_after_a_choice_by_hand_is_the_newer_one(team: Team, task: str) -> None:
    """Its comment was the last change: the choice on the task is older, whenever it was."""
    lose(team, lambda: team.control.as_user("Jonas").set_priority(task, 1))
    (comment,) = lose_comments(team, task, "/priority high")
    look(team)

    assert team.priority(task) == 2
    assert len(thread(team, comment)) == 1


def test_a_choice_by_hand_after_a_missed_command_stays(team: Team, task: str) -> None:
    """No event tells when it was made: perhaps later, so it is left, and the answer says so."""
    (comment,) = lose_comments(team, task, "/priority high")
    lose(team, lambda: team.control.as_user("Jonas").set_priority(task, 1))
    look(team)

    assert team.priority(task) == 1
    (reply,) = thread(team, comment)
    assert reply.startswith("Left as it is: Urgent is newer")


HANDS: dict[str, tuple[str, Callable[[Team, str], Any], Callable[[Team, str], Any]]] = {
    "priority": (
        "/priority high",
        lambda team, task: team.control.as_user("Jonas").set_priority(task, 1),
        lambda team, task: team.priority(task),
    ),
    "no priority": (
        "/priority high",
        lambda team, task: team.control.as_user("Jonas").set_priority(task, None),
        lambda team, task: team.priority(task) == 2,
    ),
    "hold": (
        "/hold for 1h",
        lambda team, task: team.control.as_user("Jonas").set_priority(task, 1),
        lambda team, task: _is_held_for_an_hour(team, task),
    ),
    "incident": (
        "/incident yes",
        lambda team, task: team.control.as_user("Jonas").tag(task, "not-incident"),
        lambda team, task: tags(team, task) & {"incident", "not-incident"},
    ),
    "workload": (
        "/workload infra",
        lambda team, task: team.control.as_user("Jonas").tag(task, "inference"),
        lambda team, task: tags(team, task) & {"infra", "inference"},
    ),
}
"""A command, a choice by hand about the same, and what shows which of them holds."""


def _is_held_for_an_hour(team: Team, task: str) -> bool:
    override = team.bot.store.overrides.get(task, team.bot.now_ms() - HOUR_MS)
    return override is not None and override.until_ms - override.since_ms == HOUR_MS


def tags(team: Team, task: str) -> set[str]:
    """Those of the task."""
    return {tag["name"] for tag in team.control.task(task)["tags"]}


@pytest.mark.parametrize("lost", [True, False])
@pytest.mark.parametrize("subject", HANDS)
def test_a_choice_by_hand_soon_after_a_missed_command_stays(
    team: Team, task: str, subject: str, lost: bool
) -> None:
    """Two seconds later; the events of both are lost, or wait together for the bot."""
    command, choose, read = HANDS[subject]
    values: list[Any] = []

    def both() -> str:
        comment = team.member.comment(task, command)
        team.control.clock.advance(2_000)
        choose(team, task)
        values.append(read(team, task))
        return comment

    (comment,) = lose(team, both) if lost else (both(),)
    team.settle()
    look(team)

    assert read(team, task) == values[0]
    (reply,) = thread(team, comment)
    assert reply.startswith("Left as it is")


@pytest.mark.parametrize("subject", HANDS)
def test_a_missed_command_soon_after_a_choice_by_hand_wins(
    team: Team, task: str, subject: str
) -> None:
    """The comment was the last change; the events of both are lost."""
    command, choose, read = HANDS[subject]
    by_hand: list[Any] = []

    def both() -> str:
        choose(team, task)
        by_hand.append(read(team, task))
        team.control.clock.advance(2_000)
        return team.member.comment(task, command)

    (comment,) = lose(team, both)
    look(team)

    assert read(team, task) != by_hand[0]
    (reply,) = thread(team, comment)
    assert not reply.startswith("Left as it is")


class Crash(BaseException):
    """kill -9, as far as one thread can tell."""


def test_missed_commands_that_were_cut_off_after_the_hold_are_executed_by_the_next_life(
    team: Team, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the task still shows is nobody's newer choice, for none of them."""
    lose_comments(team, task, "/priority normal")
    look(team)
    first, second = lose_comments(team, task, "/priority urgent", "/priority high")
    lose(team, lambda: team.member.update(task, name=TRAINING + " 2"))
    begin = Journal.begin

    def dying(self: Journal, write: Write, *arguments: Any, **more: Any) -> int:
        if write.kind == "priority":
            raise Crash
        return begin(self, write, *arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "begin", dying)
        with pytest.raises(Crash):
            team.job("backfill")
    team.control.clock.advance(10 * MINUTE_MS)
    team.restart()
    look(team)

    assert team.priority(task) == 2
    for comment in (first, second):
        (reply,) = thread(team, comment)
        assert reply.startswith("Priority ")


def test_a_missed_command_on_a_task_that_was_never_seen_is_executed(team: Team) -> None:
    """Task, priority and command all came while the bot was away."""
    team.control.clock.advance(HOUR_MS)
    (task,) = lose(team, lambda: team.member.create_task(LIST, INFERENCE, priority=1))
    (comment,) = lose_comments(team, task, "/priority low")
    look(team)

    assert team.priority(task) == 4
    assert len(thread(team, comment)) == 1


def test_what_was_said_before_the_bot_came_is_no_command(team: Team) -> None:
    """Not even for a look at every task."""
    old = team.member.create_task(LIST, TRAINING)
    (before,) = lose_comments(team, old, "/priority urgent")
    team.settle()
    team.control.clock.advance(HOUR_MS)
    for name in (team.bot.sources.backfill.cursor, f"comments:{team.bot.workspace_id}"):
        with team.bot.store.engine.begin() as connection:
            connection.exec_driver_sql(f"delete from cursor where name = '{name}'")
    team.bot.sources.backfill.run()
    (after,) = lose_comments(team, old, "/why")
    team.bot.sources.backfill.run(0)
    team.settle()

    assert thread(team, before) == []
    assert len(thread(team, after)) == 1


def test_a_look_at_every_task_reads_only_new_comments(team: Team, task: str) -> None:
    """An old command that nobody answered stays unanswered; tasks without a change cost no call."""
    commands = team.bot.settings.commands
    team.restart(team.bot.settings.model_copy(update={"commands": _enabled(commands, on=False)}))
    (old,) = lose_comments(team, task, "/priority urgent")
    look(team)
    team.restart(team.bot.settings.model_copy(update={"commands": _enabled(commands, on=True)}))
    team.control.clock.advance(HOUR_MS)
    team.control.reset_counts()
    team.bot.sources.backfill.run(0)
    team.settle()

    assert team.control.stats.calls("GET", COMMENTS) == 0
    assert thread(team, old) == []


def _enabled(commands: Any, *, on: bool) -> Any:
    return commands.model_copy(update={"enabled": on})


def test_a_missed_change_costs_one_more_call_and_others_none(team: Team, task: str) -> None:
    """None where commands are disabled, or the task was only made; none where nothing is missed."""
    lose(team, lambda: team.member.update(task, name=TRAINING + " 2"))
    team.control.reset_counts()
    look(team)
    assert team.control.stats.calls("GET", COMMENTS) == 1

    commands = _enabled(team.bot.settings.commands, on=False)
    lose(team, lambda: team.member.create_task(LIST, TRAINING))
    look(team)
    team.restart(team.bot.settings.model_copy(update={"commands": commands}))
    lose(team, lambda: team.member.update(task, name=TRAINING + " 3"))
    look(team)
    assert team.control.stats.calls("GET", COMMENTS) == 1


def test_a_change_that_its_task_dates_a_little_later_than_the_event_costs_no_call(
    team: Team, task: str
) -> None:
    """Nothing was missed: what is a tenth of a second later at most is the same change."""
    team.member.update(task, name=TRAINING + " 2")
    team.settle()
    team.control.world.tasks[task].date_updated += 100
    team.control.reset_counts()
    look(team)

    assert team.control.stats.calls("GET", COMMENTS) == 0


def test_a_bot_that_was_restored_from_a_backup_answers_nothing_again(
    team: Team, task: str, tmp_path: Path
) -> None:
    """Its journal does not know the answer, but the thread has one; an edit since then is new."""
    backup.save(team.bot.store, tmp_path / "backup.db", team.bot.settings.audit.keyring)
    comment = team.member.comment(task, "/priority high")
    question = team.member.comment(task, "/why")
    team.settle()
    (open_one,) = lose_comments(team, task, "/why")
    lose(team, lambda: _reply(team, open_one, "who knows?"))
    writes = len(team.bot_writes(task))
    settings = team.bot.settings
    url = SecretStr(f"sqlite:///{tmp_path / 'backup.db'}")
    store = settings.store.model_copy(update={"url": url})
    team.restart(settings.model_copy(update={"store": store}))
    look(team)

    assert team.priority(task) == 2
    assert len(team.bot_writes(task)) == writes
    assert len(thread(team, comment)) == len(thread(team, question)) == 1
    assert len(thread(team, open_one)) == 2


def _reply(team: Team, comment: str, text: str) -> None:
    world, user = team.sandbox.world, team.member.user
    with world.change():
        to = comments.get(world, comment)
        comments.create(world, user, ("reply", to.id), {"comment_text": text}, reply_to=to)


def test_comments_that_cannot_be_read_now_are_read_later(team: Team, task: str) -> None:
    """The change is kept until then."""
    (comment,) = lose_comments(team, task, "/priority high")
    team.control.faults.add(
        "status", method="GET", path=f"*{COMMENTS}", status_code=503, times=None
    )
    team.job("backfill")
    team.control.faults.clear()
    assert thread(team, comment) == []
    for _ in range(3):
        team.control.clock.advance(10 * MINUTE_MS)
        team.settle()

    assert team.priority(task) == 2
    assert len(thread(team, comment)) == 1


def test_comments_that_may_not_be_read_hold_up_nothing(team: Team, task: str) -> None:
    """The task is evaluated as it is."""
    lose(team, lambda: team.member.update(task, name=INFERENCE))
    team.control.faults.add(
        "status", method="GET", path=f"*{COMMENTS}", status_code=403, times=None
    )
    look(team)

    assert team.priority(task) == 3
    assert team.bot.store.inbox.depth(team.bot.now_ms()).parked == 0


def test_a_look_that_is_cut_off_skips_no_comment(team: Team, task: str) -> None:
    """The position has moved on to the changes that were stored; comments may be older."""
    (comment,) = lose_comments(team, task, "/priority high")
    for number in range(100):
        lose(team, lambda number=number: team.member.create_task(LIST, f"Notes {number}"))
    lose(team, lambda: team.member.update(task, name=TRAINING + " 2"))
    backfill = team.bot.sources.backfill
    pages = backfill._pages

    def broken(after_ms: int) -> Any:
        yield next(pages(after_ms))
        raise RetryableApiError("gone")

    backfill._pages = broken  # type: ignore[method-assign]
    with pytest.raises(RetryableApiError):
        backfill.run()
    team.restart()
    look(team)

    assert team.priority(task) == 2
    assert len(thread(team, comment)) == 1


def test_the_bots_own_comments_are_no_commands(team: Team, task: str, tmp_path: Path) -> None:
    """Whatever an automation writes."""
    lines = ['on = ["taskTagUpdated"]', 'do = [{ action = "comment", text = "/priority urgent" }]']
    team.use(tmp_path, shout="\n".join(lines))
    lose(team, lambda: (team.member.tag(task, "hot"), team.job("backfill"), team.settle()))
    team.member.tag(task, "cold")
    team.control.faults.add("drop", event="*", times=None)
    team.settle()
    team.control.faults.clear()
    look(team)

    (comment,) = team.bot.client.comments.of_task(task)
    assert comment.text.startswith("/priority urgent")
    assert thread(team, comment.id) == []
    assert team.priority(task) == 4


@pytest.mark.parametrize("again", ["started", "repaired", "started twice"])
def test_a_change_that_arrives_before_the_first_look_hides_no_command(
    team: Team, task: str, again: str
) -> None:
    """The bot is back, and hears of the task at once. No automation acts on it twice."""
    (hook,) = team.bot.sources.hooks.list()
    (comment,) = lose_comments(team, task, "/priority high")
    if again != "repaired":
        team.restart()
        _ = team.bot.sources.backfill  # `serve` builds all of it before events come
    else:
        team.bot.client.webhooks.delete(hook.id)
        team.bot.sources._heal()
    team.control.clock.advance(MINUTE_MS)
    team.control.reset_counts()
    team.member.update(task, name=TRAINING + " 2")
    team.settle()
    if again == "started twice":
        team.restart()
    look(team)

    assert team.priority(task) == 2
    assert team.control.stats.calls("GET", COMMENTS) == 1
    assert len(thread(team, comment)) == 1
    derived = [row for row in team.bot.inbox.list(None, 99) if row.source == "backfill"]
    assert min(derived, key=lambda row: row.id).kind == "missedComments"


def test_a_look_since_a_later_time_skips_nothing(team: Team, task: str) -> None:
    """It goes back at least to where the last look ended."""
    (comment,) = lose_comments(team, task, "/priority high")
    team.control.clock.advance(HOUR_MS)
    team.bot.sources.backfill.run(team.control.clock.now_ms() - MINUTE_MS)
    look(team)

    assert len(thread(team, comment)) == 1
