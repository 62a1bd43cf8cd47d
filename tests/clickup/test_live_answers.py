"""Answers that ClickUp gave live in 2026, from the sandbox to the client."""

import pytest

from clickup_mlops.clickup.client import ClickUp, CustomId
from clickup_mlops.clickup.model import Person
from clickup_mlops.errors import (
    ApiError,
    Forbidden,
    NotFound,
    PlanLimit,
    RetryableApiError,
    Unauthorized,
    is_refusal,
)
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.sandbox.clickup.ecodes import ECODES


@pytest.mark.parametrize(
    ("code", "kind", "hint"),
    [
        ("TEAM_110", PlanLimit, "plan"),
        ("FIELD_220", Forbidden, "may not set"),
        ("OAUTH_023", Forbidden, "Is the id right"),
        ("FIELD_017", ApiError, "does not fit"),
        ("OAUTH_025", Unauthorized, "Create a new token"),
        ("ITEM_015", NotFound, "deleted"),
    ],
)
def test_a_code_says_what_the_refusal_is(
    clickup: ClickUp, clickup_sandbox: Sandbox, code: str, kind: type[ApiError], hint: str
) -> None:
    """Whatever status it comes with; it is sent once, and not again."""
    clickup_sandbox.control.faults.add("status", shape=code, times=None)
    with pytest.raises(kind, match=code) as caught:
        clickup.tasks.get("86x")

    assert type(caught.value) is kind
    assert caught.value.status == ECODES[code].status
    assert hint in caught.value.hint
    assert clickup.calls == 1


@pytest.mark.parametrize("code", sorted(ECODES.keys() - {"APP_002"}))
def test_every_code_of_the_sandbox_is_a_refusal(
    clickup: ClickUp, clickup_sandbox: Sandbox, code: str
) -> None:
    """None is taken for a fault of the server, which would be tried for ever."""
    clickup_sandbox.control.faults.add("status", shape=code)
    with pytest.raises(ApiError) as caught:
        clickup.spaces.get("1")

    assert not isinstance(caught.value, RetryableApiError)
    assert is_refusal(caught.value) or isinstance(caught.value, Unauthorized)


@pytest.mark.parametrize("part", ["task", "comments", "times"])
def test_a_task_out_of_sight_is_not_found(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str, part: str
) -> None:
    """What is read of it is answered with 401 `ACCESS_083`, which is no missing right to act."""
    task = clickup.tasks.create(list_id, "x").id
    clickup_sandbox.control.ui_actions.set_privacy("Tasks", True, ["Maria"])
    reads = {
        "task": lambda: clickup.tasks.get(task),
        "comments": lambda: list(clickup.comments.of_task(task)),
        "times": lambda: clickup.time_entries.of_everybody(task),
    }
    with pytest.raises(NotFound, match=r"401 ACCESS_083"):
        reads[part]()
    with pytest.raises(Forbidden):
        clickup.comments.add(task, "x")


@pytest.mark.clickup_sandbox(rate_limit=5_000)
def test_a_stray_limit_in_single_answers_costs_nothing(
    clickup: ClickUp, clickup_sandbox: Sandbox
) -> None:
    """The budget stays that of the plan, and no call counts as scarce."""
    for number in range(20):
        if number % 7 == 3:
            clickup_sandbox.control.faults.add("stray_limit")
        clickup.authorization.user()

    assert clickup_sandbox.control.faults.list_pending() == []
    assert clickup.governor.limit == clickup.governor.budget().limit == 5_000
    assert not clickup.governor.is_scarce()


def test_click_bot_is_a_person_with_a_negative_id(
    clickup: ClickUp, clickup_sandbox: Sandbox
) -> None:
    """It creates tasks and comments, and is assigned by nobody."""
    click_bot = clickup_sandbox.control.as_click_bot()
    task = click_bot.create_task("Tasks", "x")
    click_bot.comment(task, "made by a rule")

    person = Person(-1, "ClickBot", "clickbot@clickup.com")
    assert clickup.tasks.get(task).creator == person
    assert [comment.user for comment in clickup.comments.of_task(task)] == [person]


def test_a_task_is_named_by_its_custom_id_in_every_call(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str, team_id: str
) -> None:
    """Which needs a flag and the Workspace; without them it would be looked up as ClickUp's own."""
    clickup_sandbox.control.ui_actions.set_task_prefix("Team", "ML")
    task = clickup.tasks.create(list_id, "x")
    named = CustomId("ML-1", team_id)
    clickup.tasks.update(named, name="y")
    clickup.comments.add(named, "hello")
    clickup.tags.add(named, "gpu")
    clickup.attachments.add(named, "a.csv", b"1,2")

    read = clickup.tasks.get(named)
    assert (read.id, read.name, read.tags) == (task.id, "y", ("gpu",))
    assert len(list(clickup.comments.of_task(named))) == len(read.raw["attachments"]) == 1
    clickup.tasks.delete(named)
    with pytest.raises(NotFound):
        clickup.tasks.get("ML-1")


def test_an_unknown_code_is_refused_when_the_fault_is_added(clickup_sandbox: Sandbox) -> None:
    """The message lists those that there are."""
    with pytest.raises(ValueError, match="no error answer 'TEAM_111'; known: page, OAUTH_007"):
        clickup_sandbox.control.faults.add("status", shape="TEAM_111")
