"""Tasks and their parts, read from the wire's own shapes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.model import FieldDefinition, Person, Status, Task, parse_number

RAW: dict[str, Any] = {
    "id": "86d3f01jq",
    "custom_id": None,
    "name": "p99 latency on the ranker",
    "text_content": "It doubled & nobody knows why",
    "description": "It doubled &amp; nobody knows why",
    "status": {"status": "in progress", "type": "custom", "orderindex": 1, "color": "#d3d3d3"},
    "date_created": "1782285080577",
    "date_updated": "1782285080999",
    "date_closed": None,
    "date_done": None,
    "due_date": "1782371480000",
    "priority": {"id": "2", "priority": "high", "color": "#f8ae00", "orderindex": "2"},
    "creator": {"id": 1, "username": "Ada", "email": "ada@example.org"},
    "assignees": [{"id": 2, "username": "Lin", "email": "lin@example.org"}],
    "tags": [{"name": "serving", "tag_fg": "#fff"}],
    "parent": None,
    "dependencies": [
        {"task_id": "86d3f01jq", "depends_on": "aaa", "type": 1},
        {"task_id": "bbb", "depends_on": "86d3f01jq", "type": 1},
    ],
    "linked_tasks": [{"task_id": "86d3f01jq", "link_id": "ccc"}],
    "team_id": "9001",
    "list": {"id": "901", "name": "Serving"},
    "folder": {"id": "77", "name": "hidden", "hidden": True},
    "space": {"id": "55"},
    "custom_fields": [
        {"id": "f1", "name": "GPU hours", "type": "number", "type_config": {}, "value": "8"},
        {"id": "f2", "name": "Owner", "type": "users", "type_config": {}},
    ],
    "url": "https://app.clickup.com/t/86d3f01jq",
}


def test_a_task_reads_as_people_speak_of_it() -> None:
    """Strings become numbers, placeholders become None, dependencies get a direction."""
    task = Task.parse(RAW)
    assert (task.id, task.list_id, task.list_name, task.space_id) == (
        "86d3f01jq",
        "901",
        "Serving",
        "55",
    )
    assert task.folder_id is None, "a list without a folder carries a hidden placeholder"
    assert task.priority == 2
    assert task.status == Status("in progress", "custom", None, "#d3d3d3", 1)
    assert task.is_open
    assert task.text == "It doubled & nobody knows why"
    assert (task.created_ms, task.due_ms, task.closed_ms) == (1782285080577, 1782371480000, None)
    assert task.assignees == (Person(2, "Lin", "lin@example.org"),)
    assert task.tags == ("serving",)
    assert (task.depends_on, task.blocks, task.links) == (("aaa",), ("bbb",), ("ccc",))
    assert task.field("gpu HOURS") == 8.0
    assert task.field("Owner") is None
    assert task.field("no such field") is None
    assert task.fields[1].definition == FieldDefinition("f2", "Owner", "users", {})


@pytest.mark.parametrize("kind", ["done", "closed"])
def test_finished_work_is_not_open(kind: str) -> None:
    """ClickUp has two kinds of finished."""
    assert not Task.parse({**RAW, "status": {"status": "shipped", "type": kind}}).is_open


def test_the_barest_task_still_reads() -> None:
    """Only the id is sure to be there; everything else has an empty value."""
    task = Task.parse({"id": "x"})
    assert (task.name, task.text, task.list_id, task.priority, task.tags) == ("", "", "", None, ())
    assert (task.created_ms, task.due_ms, task.creator, task.fields) == (0, None, None, ())
    assert task.is_open


def test_tasks_are_values() -> None:
    """Equal if they hold the same, and usable in sets."""
    assert Task.parse(RAW) == Task.parse(dict(RAW))
    assert {Task.parse(RAW), Task.parse(dict(RAW))} == {Task.parse(RAW)}


@given(st.integers(-(2**63), 2**63 - 1))
def test_numbers_come_as_digits_too(value: int) -> None:
    """A number and its text are the same."""
    assert parse_number(value) == parse_number(str(value)) == value


@pytest.mark.parametrize(
    "value", ["soon", 2**63, "9" * 5000, [], {}, True, float("inf"), float("nan")]
)
def test_what_is_no_number_is_refused(value: Any) -> None:
    """ValueError, also for what would not fit in the store."""
    with pytest.raises(ValueError):
        parse_number(value)
