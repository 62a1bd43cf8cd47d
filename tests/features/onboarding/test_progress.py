"""What the page shows, and of whom: numbers of large groups, names of those who agreed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.onboarding.progress import by_role, completed, render


def task(lesson: str, *users: int, role: str = "data science", status: str = "open") -> Task:
    people = [{"id": user, "username": f"name-{user}"} for user in users]
    raw: dict[str, Any] = {"id": f"{lesson}-{role}", "name": lesson, "assignees": people}
    raw |= {"tags": [{"name": "first-week"}, {"name": lesson}], "list": {"id": "1", "name": role}}
    return Task.parse(raw | {"status": {"status": "to do", "type": status}})


def test_a_task_is_completed_when_all_of_its_assignees_have_done_it() -> None:
    """Not one that nobody has, nor one that is no lesson."""
    tasks = [task("learn-why", 1, 2), task("learn-undo", 1), task("learn-consent", 1)]
    tasks += [task("learn-breach"), task("learn-priority", 1, status="closed")]
    output = {1: {"learn-why", "learn-undo", "learn-consent", "learn-priority"}}

    assert [outcome.name for outcome in completed(tasks, output)] == ["learn-undo"]
    both = {**output, 2: {"learn-why"}}
    assert [step.name for step in completed(tasks, both)] == ["learn-why", "learn-undo"]


def test_a_role_of_five_shows_its_numbers() -> None:
    """Of all of its people together."""
    roles = by_role([task("learn-why", *range(1, 6))], {1: {"learn-why"}, 2: {"learn-why"}}, ())
    assert "| data science | 5 | 2 of 5 |  |" in render(roles, 5)


@pytest.mark.parametrize("agreed", [set(), {1}, {1, 2}])
def test_a_role_of_fewer_shows_no_numbers(agreed: set[int]) -> None:
    """Nor one in which few are not named: the difference would tell."""
    roles = by_role([task("learn-why", 1, 2, 3)], {1: {"learn-why"}}, agreed)
    assert "fewer than can be shown" in render(roles, 5)


@given(st.integers(1, 12), st.sets(st.integers(1, 12)), st.sets(st.integers(1, 12)))
def test_nobody_is_named_who_did_not_agree(
    count: int, agreed: set[int], finished: set[int]
) -> None:
    """And no group of fewer than five who did not is counted."""
    users = range(1, count + 1)
    output = {user: {"learn-why"} for user in finished}
    text = render(by_role([task("learn-why", *users)], output, agreed), 5)

    named = {user for user in users if f"name-{user} (" in text.replace("\\", "")}
    assert named == agreed & set(users)
    silent = count - len(named)
    assert ("fewer than can be shown" in text) == (0 < silent < 5)
