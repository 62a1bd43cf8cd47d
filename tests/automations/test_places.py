"""What of a task a change is about: a derived event and ClickUp's own must say the same."""

from typing import Any

import pytest

from clickup_mlops.automations.load import find_effects
from clickup_mlops.automations.occurrence import CREATION, place_of
from clickup_mlops.bot.handle.derived import items
from clickup_mlops.bot.handle.derived.differences import Difference
from clickup_mlops.bot.handle.derived.states import is_same_value, reported, state_of
from clickup_mlops.clickup.model import HistoryItem, Task

TASK = Task.parse(
    {
        "id": "t1",
        "name": "New",
        "text_content": "More",
        "date_updated": "1700000000000",
        "status": {"status": "In Progress", "type": "custom"},
        "priority": {"id": "2", "priority": "high"},
        "due_date": "1800000000000",
        "list": {"id": "9", "name": "Inbox"},
        "tags": [{"name": "hot"}],
        "assignees": [{"id": 7, "username": "Ana"}],
        "custom_fields": [{"id": "f1", "name": "Model", "type": "short_text", "value": "x"}],
    }
)
CHANGES: dict[str, tuple[Any, str, Any, Any, dict[str, Any]]] = {
    "status": ("open", "status", {"status": "open"}, {"status": "in progress", "color": "#1"}, {}),
    "priority": (None, "priority", None, {"id": "2", "priority": "high", "orderindex": "2"}, {}),
    "due": (None, "due_date", None, "1800000000000", {}),
    "move": ("3", "section_moved", {"id": "3"}, {"id": "9", "name": "Inbox", "category": {}}, {}),
    "tag:hot": (None, "tag", None, [{"name": "hot", "tag_fg": "#1"}], {}),
    "tag:old": (True, "tag_removed", [{"name": "old"}], None, {}),
    "assignee:7": (None, "assignee_add", None, {"id": 7, "email": "a@example.org"}, {}),
    "assignee:8": ("Jo", "assignee_rem", {"id": 8, "username": "Jo"}, None, {}),
    "name": ("Old", "name", "Old", "New", {}),
    "content": ("digest", "content", None, '{"ops": []}', {}),
    "field:f1": (
        None,
        "custom_field",
        None,
        "x",
        {"custom_field": {"id": "f1", "type": "short_text"}},
    ),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_derived_item_is_about_the_same_as_clickups(kind: str) -> None:
    """So that the late event of a change that was derived is recognised, and no other one."""
    existing, field, before, after, more = CHANGES[kind]
    real = HistoryItem("1", field, 1, 5, "9", before, after, more)
    (derived,) = items.changes([Difference(kind, existing, state_of(TASK).get(kind))], TASK, 1)

    assert derived.field == field
    assert place_of(derived) == place_of(real)
    history_item = HistoryItem("2", "status", 1, 5, "9", after, {"status": "something else"}, {})
    assert place_of(derived) != place_of(history_item)


@pytest.mark.parametrize("kind", CHANGES)
def test_an_event_explains_what_the_task_shows(kind: str) -> None:
    """The value of ClickUp's item equals that of the task, in whatever form it comes."""
    _values, field, before, after, more = CHANGES[kind]
    real = HistoryItem("1", field, 1, 5, "9", before, after, more)
    result = dict(reported(real, find_effects()))

    assert kind in result
    assert is_same_value(kind, result[kind], state_of(TASK).get(kind))


def test_both_items_of_a_creation_are_about_it() -> None:
    """Whatever status the task has by now."""
    first = HistoryItem("1", "status", 1, 5, "9", {"status": None}, {"status": "to do"}, {})
    assert {place_of(first), *map(place_of, items.creation(TASK))} == {CREATION}
