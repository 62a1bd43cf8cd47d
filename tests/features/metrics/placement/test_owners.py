"""Of several tasks that a series fits, the one that it belongs to."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.placement.owners import NOTHING_KNOWN, Choice, Known, choose

BINDING = Binding("P99", "llm", "p99")


def task(name: str, status: str = "open") -> Task:
    """A task whose status is of this type."""
    return Task.parse({"id": name, "name": name, "status": {"status": "s", "type": status}})


def facts_of(
    stored: Mapping[str, int] | None = None,
    created: str = "",
    incidents: str = "",
    *,
    serve: str = "",
) -> Known:
    """What is known of tasks, each named by a letter."""
    times = stored or {}
    return Known(
        lambda owner_task, _binding: times.get(owner_task.id),
        lambda one: one.id in created,
        lambda one: one.id in incidents,
        lambda one: one.id in serve,
    )


def names(choice: Choice) -> tuple[str, str]:
    """The owner, and the others that fit."""
    return choice.task.id if choice.task else "", "".join(
        further_task.id for further_task in choice.further_tasks
    )


OPEN, DONE, CLOSED = "open", "done", "closed"


@pytest.mark.parametrize(
    ("statuses", "facts", "owner", "expected_others"),
    [
        ({"s": OPEN}, facts_of(created="s"), "s", ""),
        ({"s": OPEN, "m": OPEN}, facts_of(created="m"), "s", ""),
        ({"s": OPEN, "m": OPEN}, facts_of({"m": 5}, created="m"), "s", ""),
        ({"m": OPEN, "n": OPEN}, facts_of(created="mn"), "", ""),
        ({"s": OPEN, "p": OPEN}, facts_of(), "", ""),
        ({"s": OPEN, "p": OPEN}, facts_of(incidents="p"), "s", ""),
        ({"s": OPEN, "p": OPEN}, facts_of(incidents="sp"), "", ""),
        ({"s": OPEN, "p": OPEN}, facts_of({"s": 5}, incidents="s"), "s", "p"),
        ({"s": DONE, "p": OPEN}, facts_of({"s": 5}), "s", "p"),
        ({"s": DONE, "p": OPEN}, facts_of(), "", ""),
        ({"s": OPEN, "p": CLOSED}, facts_of({"s": 5}), "s", ""),
        ({"s": OPEN, "p": CLOSED}, facts_of(), "s", ""),
        ({"s": OPEN, "p": DONE}, facts_of({"s": 5}), "s", ""),
        ({"s": CLOSED, "t": OPEN}, facts_of({"s": 5}), "t", ""),
        ({"s": CLOSED, "t": OPEN, "u": OPEN}, facts_of({"s": 5}), "s", "tu"),
        ({"s": CLOSED, "p": CLOSED}, facts_of({"s": 5}), "s", ""),
        ({"s": OPEN, "t": OPEN}, facts_of({"s": 5, "t": 4}), "s", "t"),
        ({"s": OPEN, "t": OPEN}, facts_of({"s": 5, "t": 5}), "", ""),
        ({"s": DONE, "t": DONE}, facts_of({"s": 5}, serve="t"), "t", ""),
        ({"s": DONE, "t": DONE}, facts_of(serve="t"), "t", ""),
        ({"s": DONE, "t": DONE}, facts_of({"s": 5}, serve="st"), "s", ""),
        ({"s": DONE, "t": OPEN}, facts_of({"s": 5}, serve="s"), "s", "t"),
        ({}, facts_of(), "", ""),
    ],
)
def test_a_series_stays_with_its_service(
    statuses: Mapping[str, str], facts: Known, owner: str, expected_others: str
) -> None:
    """s, t, u: services; p: a report of a person; m, n: tasks that the bot created."""
    tasks = [task(name, status) for name, status in statuses.items()]
    assert names(choose(tasks, BINDING, facts)) == (owner, expected_others)


@given(
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from([OPEN, DONE, CLOSED]), min_size=2),
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2)),
    st.sampled_from(["", "a", "ab"]),
    st.sampled_from(["", "b", "cd"]),
)
def test_the_order_of_tasks_does_not_matter(
    statuses: Mapping[str, str], retained: Mapping[str, int], created: str, incidents: str
) -> None:
    """And a task of the bot is never chosen while another one is left."""
    tasks, facts = (
        [task(*status) for status in statuses.items()],
        facts_of(retained, created, incidents),
    )
    choice = choose(tasks, BINDING, facts)
    again = choose(tasks[::-1], BINDING, facts)

    assert names(choice)[0] == names(again)[0]
    assert set(choice.further_tasks) == set(again.further_tasks)
    if choice.task is not None and not set(statuses) <= set(created):
        assert choice.task.id not in created


def test_one_task_is_asked_nothing() -> None:
    """Whatever it is: there is no other one."""
    only = task("a", CLOSED)
    assert choose([only], BINDING, NOTHING_KNOWN) == Choice(only)
