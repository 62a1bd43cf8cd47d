"""Tasks that wait for others, or whose hold has ended, are decided about again, wherever the bot
dies in between.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.automations.events import REEVALUATION
from clickup_mlops.bot.app import Bot
from tests.flows.conftest import INFERENCE, LIST, Team

CLOSES = """
on = ["taskTagUpdated"]
when = '"finished" in task.tags'
do = [{ action = "set_status", status = "complete" }]
"""
CLOSES_AND_MORE = CLOSES.replace(
    "do = [", 'do = [{ action = "comment", text = "Closed", mode = "new" }, '
)

RELEASES = """
on = ["taskTagUpdated"]
do = [
  { action = "set_priority", level = "urgent", keep = "P3D", when = '"hot" in task.tags' },
  { action = "release", when = '!("hot" in task.tags)' },
]
"""
ROUTES = 'on = ["reevaluation"]\ndo = [{ action = "route" }]\n'


class Crash(BaseException):
    """kill -9, as far as one thread can tell."""


@contextmanager
def dying(bot: Bot, is_last: Callable[[], bool]) -> Iterator[None]:
    """The bot's thread dies before or after a transaction, whichever step is the last."""
    database, thread = bot.store.database, threading.get_ident()
    submit = database.submit

    def step() -> None:
        if is_last():
            raise Crash

    def mortal(*what: Any, **how: Any) -> Any:
        if threading.get_ident() != thread:
            return submit(*what, **how)
        step()
        result = submit(*what, **how)
        step()
        return result

    database.submit = mortal  # type: ignore[method-assign]
    try:
        yield
    finally:
        database.submit = submit  # type: ignore[method-assign]


def dies(team: Team, is_last: Callable[[], bool]) -> bool:
    """Whether the bot came to its last step. Another one has been started since."""
    try:
        with dying(team.bot, is_last):
            team.settle()
        dies = False
    except Crash:
        dies = True
    team.bot.store.database.forget_deferred()  # it died with the process
    team.control.clock.advance(60_000)
    team.restart()
    return dies


def at_step(number: int) -> Callable[[], bool]:
    """The last step is the one with this number."""
    steps = count(1)
    return lambda: next(steps) == number


def survive_every_step(
    team: Team,
    begin: Callable[[], str],
    missing_for: Callable[[str], set[str]],
    *,
    is_cut_off: Callable[[str], bool] | None = None,
) -> int:
    """Nothing of what was begun is lost wherever the bot dies; how many steps there were.

    `is_cut_off`: when it has died once before, so that it dies while it recovers.
    """
    for last in count(1):
        task = begin()
        assert team.control.deliveries.wait_idle()
        if is_cut_off is not None:
            assert dies(team, partial(is_cut_off, task))
        is_dead = dies(team, at_step(last))
        for _ in range(3):
            team.settle()
            team.control.clock.advance(60_000)
        assert missing_for(task) == set(), f"lost at step {last}"
        if not is_dead:
            return last
    raise AssertionError


def reevaluated(team: Team, because_of: str) -> set[str]:
    """Tasks that were decided about again because of this one, and why."""
    keys = [row.key.split(":", 3) for row in team.bot.inbox.list(None, 1_000)]
    return {
        f"{task}:{why}"
        for kind, task, cause, why in (key for key in keys if len(key) == 4)
        if (kind, cause) == (REEVALUATION, because_of)
    }


def create_chain(team: Team) -> tuple[str, str, str]:
    """Tasks that each wait for the one before."""
    names = ("Rack", "Nodes", INFERENCE)
    first, second, third = (team.member.create_task(LIST, name) for name in names)
    team.member.depend(second, first)
    team.member.depend(third, second)
    team.settle()
    return first, second, third


def test_the_neighbours_of_a_deleted_task_are_decided_about_again(team: Team) -> None:
    """What it waited for, and who waited for it: noted in one transaction with its end."""
    neighbours: dict[str, tuple[str, str]] = {}

    def begin() -> str:
        first, second, third = create_chain(team)
        neighbours[second] = (first, third)
        team.member.delete(second)
        return second

    def missing_for(task: str) -> set[str]:
        return {f"{neighbour}:gone" for neighbour in neighbours[task]} - reevaluated(team, task)

    assert survive_every_step(team, begin, missing_for) > 5


@pytest.mark.parametrize("is_twice", [False, True], ids=["once", "twice"])
@pytest.mark.parametrize("automation", [CLOSES, CLOSES_AND_MORE])
def test_who_waits_for_a_task_that_the_bot_closes_is_decided_about_again(
    team: Team, tmp_path: Path, automation: str, is_twice: bool
) -> None:
    """Whether the status was the only write or one of several, and though the bot dies again while
    it finds out what became of it.
    """
    before: dict[str, set[str]] = {}
    waiting: dict[str, str] = {}

    def begin() -> str:
        task, waiting[task], _ = create_chain(team)
        before[task] = reevaluated(team, task)
        team.member.tag(task, "finished")
        return task

    def is_closed(task: str) -> bool:
        return bool(team.control.task(task)["status"]["status"] == "complete")

    def missing_for(task: str) -> set[str]:
        assert is_closed(task)
        news = reevaluated(team, task) - before[task]
        return {waiting[task]} - {name.partition(":")[0] for name in news}

    team.use(tmp_path, closes=automation)
    is_cut_off = is_closed if is_twice else None
    assert survive_every_step(team, begin, missing_for, is_cut_off=is_cut_off) > 5


STARTS_AND_CLOSES = """
on = ["taskTagUpdated"]
when = 'event.after.contains("hot")'
do = [{ action = "set_status", status = "in progress" }]
until = '!("hot" in task.tags)'
then = [{ action = "set_status", status = "complete" }]
"""


def test_who_waits_is_decided_about_again_for_each_status_of_a_batch(
    team: Team, tmp_path: Path
) -> None:
    """Another process may have handled the first of both before the second one is written."""
    team.use(tmp_path, starts=STARTS_AND_CLOSES)
    task, _, _ = create_chain(team)
    before = reevaluated(team, task)
    team.member.tag(task, "hot")
    team.control.deliveries.wait_idle()
    team.member.untag(task, "hot")
    team.settle()

    assert team.control.task(task)["status"]["status"] == "complete"
    assert len(reevaluated(team, task) - before) == 2


def test_a_task_whose_hold_ends_is_decided_about_again(team: Team, tmp_path: Path) -> None:
    """Though only the event of that makes routing decide."""

    def begin() -> str:
        task = team.member.create_task(LIST, INFERENCE)
        team.member.tag(task, "hot")
        team.settle()
        assert team.priority(task) == 1
        team.member.untag(task, "hot")
        return task

    def missing_for(task: str) -> set[str]:
        return set() if team.priority(task) != 1 else {"the decision"}

    team.use(tmp_path, holds=RELEASES, routes=ROUTES)
    assert survive_every_step(team, begin, missing_for) > 5
