"""Which incident a task joins: by alert, task, label, and the titles of tasks."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents.subject import (
    APART,
    SUBJECTS,
    joined,
    match,
    merged,
    of,
    subject,
)
from clickup_mlops.features.incidents.tables.incidents import INTO, Incident

LABELS = ("model|model_name", "service", "group_key")
VALUES = st.lists(st.sampled_from("abc"), min_size=1, max_size=2, unique=True)
CONTENTS = st.fixed_dictionaries(
    {
        "labels": st.fixed_dictionaries({}, optional=dict.fromkeys(LABELS, VALUES)).map(
            lambda values: {name: values[name] for name in LABELS if name in values}
        ),
        "alerts": st.lists(st.sampled_from(["k1", "k2"]), max_size=1),
        "tasks": st.lists(st.sampled_from(["t1", "t2"]), max_size=1),
        "names": st.lists(st.sampled_from("abc"), max_size=1),
    }
)


def about(task_id: str = "t", name: str = "a task", *alerts: Any, **fields: str) -> Incident:
    """What a task with these fields wants to open, if these alerts are about it."""
    raw = {
        "id": task_id,
        "name": name,
        "status": {"status": "to do", "type": "open"},
        "custom_fields": [
            {"id": key, "name": key, "type": "short_text", "value": value}
            for key, value in fields.items()
        ],
    }
    return incident(subject(Task.parse(raw), LABELS, alerts), task_id)


def incident(content: Any, task_id: str = "t", opened_ms: int = 0, **details: Any) -> Incident:
    """An incident about it."""
    more = {SUBJECTS: {task_id: content}, **details}
    return Incident(f"{task_id}-{opened_ms}", "w", task_id, "", opened_ms, details=more)


def alert(key: str, *tasks: str, **labels: str) -> dict[str, Any]:
    """An alert about these tasks."""
    return {"key": key, "labels": labels, "tasks": [*tasks]}


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        (about("a", Model="Chat 70B"), about("b", "x", alert("k", model="chat  70b")), True),
        (about("a", Model="chat"), about("b", "x", alert("k", model_name="chat")), True),
        (about("a", Model="chat"), about("b", Model="ranker"), False),
        (about("a", Service="gw"), about("b", "x", alert("k", service="gw")), True),
        (about("a", Model="m", Service="gw"), about("b", Model="n", Service="gw"), False),
        (about("a", Model="m", Service="gw"), about("b", Service="gw"), True),
        (about("a", "x", alert("k", model="m")), about("b", "x", alert("k", model="n")), True),
        (about("a"), about("b", "x", alert("k", "a")), True),
        (about("a", "Chat"), about("b", "x", alert("k", model="chat")), True),
        (about("a", "Chat", Model="m"), about("b", "x", alert("k", model="chat")), False),
        (about("a", "503"), about("b", "503"), False),
        (about("a"), about("b"), False),
    ],
)
def test_two_tasks_are_one_incident_or_two(
    first: Incident, second: Incident, is_same: bool
) -> None:
    """Whichever comes first."""
    assert (match(second, [first]) is first) is is_same
    assert (match(first, [second]) is second) is is_same


@given(CONTENTS, CONTENTS)
def test_the_order_of_two_reports_does_not_matter(first: Any, second: Any) -> None:
    """Both find the other one, or neither does."""
    earlier, later = incident(first, "a"), incident(second, "b")
    assert (match(earlier, [later]) is None) == (match(later, [earlier]) is None)


@given(CONTENTS, CONTENTS)
def test_who_joined_is_found_again(first: Any, second: Any) -> None:
    """Joined twice is joined once, and nothing that either was about is lost."""
    opened, desired = incident(first, "a"), incident(second, "b")
    both = joined(opened, desired)
    assert joined(both, desired) == both
    again = merged(of(both), first)
    assert again == of(both)
    for content in (first, second):
        assert all(set(content[name]) <= set(again[name]) for name in ("alerts", "tasks", "names"))
        assert all(set(content["labels"][n]) <= set(again["labels"][n]) for n in content["labels"])


def test_what_is_open_comes_before_what_is_over_and_the_model_before_the_group() -> None:
    """Then the newest."""
    task = about("t", "x", alert("k", model="m", group_key="g"))
    model = incident({"labels": {LABELS[0]: ["m"]}}, "a", 1)
    group = incident({"labels": {"group_key": ["g"]}}, "b", 2)
    newer = incident({"labels": {LABELS[0]: ["m"]}}, "c", 3)
    over = Incident("d", "w", "d", "", 4, 5, details=model.details)

    assert match(task, [over, group, model]) is model
    assert match(task, [over, group, model, newer]) is newer
    assert match(task, [over]) is over


def test_what_people_took_apart_stays_apart() -> None:
    """And what was joined to another incident takes no more tasks."""
    task = about("t", Model="m")
    content = of(task)
    assert match(task, [incident(content, "a", **{APART: ["t"]})]) is None
    assert match(task, [incident(content, "a", **{INTO: "b-1"})]) is None
