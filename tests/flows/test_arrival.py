"""Events that arrive in another order than that of their changes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.flows.conftest import INFERENCE, LIST, Team
from tests.flows.test_evaluator import RUNS

MINUTE_MS = 60_000
REPORTS = """
on = ["taskStatusUpdated"]
do = [{ action = "comment", mode = "new", text = "${event.before}, ${event.after}" }]
"""


@dataclass(frozen=True, slots=True)
class Latch:
    """Changes that begin and end something."""

    on: Callable[[], Any]
    off: Callable[[], Any]


@pytest.fixture
def task(team: Team) -> str:
    """Handled a minute ago; the clock stands still."""
    team.control.clock.freeze()
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.clock.advance(MINUTE_MS)
    return task


def deliver_later(team: Team, *changes: Callable[[], Any], apart_ms: int = 0) -> list[list[int]]:
    """The ids of the deliveries of each change, for `deliver`."""
    team.control.faults.add("drop", event="*", times=None)
    ids = []
    for change in changes:
        earlier = len(team.control.deliveries.log)
        change()
        team.control.clock.advance(apart_ms)
        ids.append([delivery.id for delivery in [*team.control.deliveries.log][earlier:]])
    team.control.faults.clear()
    return ids


def deliver(team: Team, *ids: int) -> None:
    """One after the other; the bot handles none of them yet."""
    for delivery in ids:
        team.control.deliveries.resend(delivery)
        assert team.control.deliveries.wait_idle()


def _show(team: Team, task: str) -> tuple[set[str], list[str]]:
    """The task's tags and what was commented, oldest first."""
    comments = team.bot.client.comments.of_task(task)
    tags = {tag["name"] for tag in team.control.task(task)["tags"]}
    return tags, [comment.text.splitlines()[0] for comment in comments][::-1]


@pytest.mark.parametrize("apart_ms", [0, 1])
def test_any_order_of_arrival_has_the_same_outcome(
    team: Team, tmp_path: Path, apart_ms: int
) -> None:
    """Of the events that wait together, also of two changes in one millisecond."""
    team.use(tmp_path, runs=RUNS, reports=REPORTS)
    team.control.clock.freeze()
    orders = [*permutations(range(4))][::3]
    tasks = [team.member.create_task(LIST, f"{INFERENCE} {order}") for order in orders]
    team.settle()

    for task, order in zip(tasks, orders, strict=True):
        status = partial(team.member.set_status, task)
        changes = partial(status, "in progress"), partial(status, "to do")
        first, second = deliver_later(team, *changes, apart_ms=apart_ms)
        deliver(team, *([*first, *second][place] for place in order))
    team.settle()

    outcomes = [_show(team, task) for task in tasks]
    assert outcomes == [outcomes[0]] * len(orders)
    assert outcomes[0] == (set(), [", to do", "to do, in progress", "in progress, to do"])


def test_the_later_of_two_commands_wins_though_it_arrives_first(team: Team, task: str) -> None:
    """Both were written in one millisecond."""
    first, second = deliver_later(
        team,
        partial(team.member.comment, task, "/priority low"),
        partial(team.member.comment, task, "/priority urgent"),
    )
    deliver(team, *second, *first)
    team.settle()

    assert team.priority(task) == 1


LATCH = """
on = ["taskUpdated"]
when = '"{field}" in event.changed && event.after == "{value}"'
do = [{{ action = "add_tag", tag = "runs" }}]
until = '"{field}" in event.changed && event.after != "{value}"'
then = [{{ action = "remove_tag", tag = "runs" }}]
"""
VALUES = {
    "status": ("in progress", "to do"),
    "priority": ("urgent", "low"),
    "name": ("Hot", "Cold"),
}
"""Of each field one that begins something, and one that ends it."""


@pytest.fixture(params=VALUES)
def latch(request: pytest.FixtureRequest, team: Team, tmp_path: Path, task: str) -> Latch:
    """An automation that acts while a field of the task has a value."""
    field, values = request.param, VALUES[request.param]
    team.use(tmp_path, runs=LATCH.format(field=field, value=values[0]))
    return Latch(*(partial(_set, team, task, field, value) for value in values))


def _set(team: Team, task: str, field: str, value: str) -> None:
    if field == "priority":
        team.member.set_priority(task, value)
    else:
        team.member.update(task, **{field: value})


def deliver_reversed(team: Team, *changes: Callable[[], Any]) -> None:
    """The bot has handled the events of a later change when those of an earlier one come."""
    for ids in reversed(deliver_later(team, *changes, apart_ms=MINUTE_MS)):
        deliver(team, *ids)
        team.settle()


def test_what_is_over_begins_nothing_when_its_event_arrives_late(
    team: Team, task: str, latch: Latch
) -> None:
    """The event of the change that ended it has been handled before."""
    deliver_reversed(team, latch.on, latch.off)

    assert _show(team, task)[0] == set()


def test_what_has_begun_again_is_not_ended_by_an_event_that_arrives_late(
    team: Team, task: str, latch: Latch
) -> None:
    """It reports the end of what was before."""
    latch.on()
    team.settle()
    deliver_reversed(team, latch.off, latch.on)

    assert _show(team, task)[0] == {"runs"}


def test_what_is_over_is_reported_once_and_conditions_can_ask_what_still_holds(
    team: Team, tmp_path: Path, task: str
) -> None:
    """By automations without `until`: no change is lost, and the task is read as it is now."""
    holding = """
    on = ["taskStatusUpdated"]
    when = "task.status == event.after"
    do = [{ action = "comment", mode = "new", text = "holds: ${event.after}" }]
    """
    team.use(tmp_path, reports=REPORTS, holding=holding)
    changes = [partial(team.member.set_status, task, name) for name in ("in progress", "to do")]
    first, second = deliver_later(team, *changes, apart_ms=MINUTE_MS)
    for ids in (second, first, first):
        deliver(team, *ids)
        team.settle()

    assert sorted(_show(team, task)[1]) == [
        "holds: to do",
        "in progress, to do",
        "to do, in progress",
    ]


def test_the_time_in_a_status_counts_from_its_newest_change(
    team: Team, tmp_path: Path, task: str
) -> None:
    """Whichever event came last."""
    team.use(
        tmp_path,
        moved='on = ["taskStatusUpdated"]\ndo = [{ action = "route" }]',
        shown="""on = ["taskTagUpdated"]
        do = [{ action = "comment", mode = "new", text = "${task.in_status}" }]""",
    )
    deliver_reversed(
        team, *(partial(team.member.set_status, task, name) for name in ("in progress", "to do"))
    )
    team.member.tag(task, "asked")
    team.settle()

    assert _show(team, task)[1] == ["1m"]


COMMANDS = {
    "/mute training_deferred for 1d": "/mute training_deferred for 7d",
    "/unmute inference_first": "/mute inference_first for 2d",
    "/mute slo_breach": "/unmute slo_breach",
    "/priority low": "/release",
}
"""Pairs about one subject each: the older and the newer one."""


def test_the_newest_command_wins_though_an_older_one_arrives_later(team: Team, task: str) -> None:
    """Also if it ends something; the older one is answered with the reason."""
    for texts in COMMANDS.items():
        deliver_reversed(team, *(partial(team.member.comment, task, text) for text in texts))

    now = team.bot.now_ms()
    mutes = team.bot.store.mutes.of(task, now).values()
    days = {mute.automation: round((mute.until_ms - now) / 86_400_000) for mute in mutes}
    assert days == {"inference_first": 2, "training_deferred": 7}
    assert team.bot.store.overrides.get(task, now) is None
    rows = team.bot.store.journal.list(task_id=task)
    answers = [str(row.after) for row in rows if row.kind.startswith("reply:")]
    assert sum("newer command says otherwise" in text for text in answers) == len(COMMANDS)


SAID = """
on = ["taskCommentPosted"]
when = 'event.comment == "start"'
do = [{ action = "add_tag", tag = "runs" }]
until = 'event.comment == "stop"'
then = [{ action = "remove_tag", tag = "runs" }]
"""


def test_a_comment_whose_event_was_lost_comes_before_later_ones(
    team: Team, tmp_path: Path, task: str
) -> None:
    """A back-fill finds it while the event of the later one waits."""
    team.use(tmp_path, runs=SAID)
    team.bot.sources.backfill.interrupted()
    deliver_later(team, partial(team.member.comment, task, "start"), apart_ms=MINUTE_MS)
    team.member.comment(task, "stop")
    assert team.control.deliveries.wait_idle()
    assert team.bot.sources.backfill.run() == (task,)
    team.settle()

    assert _show(team, task)[0] == set()
