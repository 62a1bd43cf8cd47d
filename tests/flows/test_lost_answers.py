"""A write whose answer was lost is not repeated over what people have made of it since."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.flows.conftest import LIST, Team

Raw = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """An action, its call, how a person reverts it, and what the task shows of it."""

    action: str
    call: dict[str, str]
    revert: Callable[[Any, str], object]
    read: Callable[[Raw], object]


UPDATE = {"method": "PUT", "path": "*/task/*"}
CASES = {
    "a tag": Case(
        '{ action = "add_tag", tag = "hot" }',
        {"method": "POST", "path": "*/tag/*"},
        lambda member, task: member.untag(task, "hot"),
        lambda raw: [tag["name"] for tag in raw["tags"]],
    ),
    "no tag": Case(
        '{ action = "remove_tag", tag = "cold" }',
        {"method": "DELETE", "path": "*/tag/*"},
        lambda member, task: member.tag(task, "cold"),
        lambda raw: [tag["name"] for tag in raw["tags"]],
    ),
    "a status": Case(
        '{ action = "set_status", status = "in progress" }',
        UPDATE,
        lambda member, task: member.set_status(task, "to do"),
        lambda raw: raw["status"]["status"],
    ),
    "a person": Case(
        '{ action = "assign", user = "Maria" }',
        UPDATE,
        lambda member, task: member.update(task, assignees={"rem": [member.user.id]}),
        lambda raw: [assignee["username"] for assignee in raw["assignees"]],
    ),
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


def act(team: Team, folder: Path, case: Case, more: str = "") -> tuple[str, object]:
    """A task whose next change of the priority lets an automation act; what it shows before."""
    team.use(folder, acts=f'on = ["taskPriorityUpdated"]\ndo = [{case.action}{more}]')
    task = team.member.create_task(LIST, "Order", tags=["cold"])
    team.settle()
    return task, case.read(team.control.task(task))


def by_bot(team: Team, task: str) -> int:
    """How often the bot has changed the task in ClickUp."""
    bot = team.control.members[0].id
    return len(
        [write for write in team.control.writes(task, actor=bot) if write.field != "comment"]
    )


MORE = ["", ', { action = "comment", text = "Done" }']


@pytest.mark.parametrize("more", MORE)
def test_what_a_person_reverts_before_it_is_repeated_stays_reverted(
    team: Team, tmp_path: Path, case: Case, more: str
) -> None:
    """The task shows what it showed before; the event of the write says that it took effect."""
    meanwhile = [case.revert]

    def sleep(seconds: float) -> None:
        team.control.clock.advance(int(seconds * 1000) + 500)
        while meanwhile:
            meanwhile.pop()(team.member, task)
        assert team.control.deliveries.wait_idle()

    task, before = act(team, tmp_path, case, more)
    team.restart(sleep=sleep)
    team.control.faults.add("cut_after", **case.call)
    team.member.set_priority(task, 2)
    team.settle()

    assert not meanwhile
    assert case.read(team.control.task(task)) == before
    assert by_bot(team, task) == 1


@pytest.mark.parametrize("more", MORE)
def test_what_a_person_reverts_before_it_is_reconciled_stays_reverted(
    team: Team, tmp_path: Path, case: Case, more: str
) -> None:
    """As after a crash: ClickUp cannot be read, so the event is handled again later."""
    task, before = act(team, tmp_path, case, more)
    away = {"method": "GET", "path": "*/task/*", "status_code": 503, "times": None}
    team.control.faults.add("cut_after", **case.call)
    team.control.faults.add("status", **away, skip=1)
    team.member.set_priority(task, 2)
    team.settle()
    assert by_bot(team, task) == 1
    case.revert(team.member, task)
    team.control.faults.clear()
    for _ in range(4):
        team.control.clock.advance(60_000)
        team.settle()

    assert case.read(team.control.task(task)) == before
    assert by_bot(team, task) == 1
    mirrored = team.bot.store.mirror.get(task)
    assert mirrored is not None
    assert case.read(dict(mirrored.raw)) == before


@pytest.mark.parametrize("cut", ["cut_before", "cut_after"])
def test_what_nobody_reverts_is_there_once(
    team: Team, tmp_path: Path, case: Case, cut: str
) -> None:
    """Whether the call took effect or not; also if the same was done and reverted before."""
    task, before = act(team, tmp_path, case)
    team.member.set_priority(task, 2)
    team.settle()
    team.control.clock.advance(5_000)
    case.revert(team.member, task)
    team.settle()
    assert case.read(team.control.task(task)) == before
    team.control.clock.advance(5_000)
    team.control.faults.add(cut, **case.call)
    team.member.set_priority(task, 3)
    for _ in range(4):
        team.control.clock.advance(10_000)
        team.settle()

    assert case.read(team.control.task(task)) != before
    assert by_bot(team, task) == 2
