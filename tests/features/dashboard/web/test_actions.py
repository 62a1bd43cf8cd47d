"""What buttons do: undo with the viewer's name, replay at once; and what keeps them from it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from clickup_mlops import registry
from clickup_mlops.errors import InputError
from clickup_mlops.ports.dashboard.model import ActionType, Viewer
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Filter, Incoming, Write
from clickup_mlops.store.access import EVERYTHING
from tests.features.dashboard.conftest import look
from tests.flows.conftest import INFERENCE, LIST, Team, team

__all__ = ["team"]

ANA = Viewer("7", "Ana", "operator", "g", EVERYTHING)
UNREADABLE = ("", "-1", "1 or 1=1", "9" * 30, "٣", "1.0")


@pytest.fixture
def action_types() -> Iterator[Mapping[str, ActionType]]:
    """By name."""
    yield registry.find_all("page_actions", "ACTION")


def test_each_action_needs_a_right_that_an_operator_has(
    action_types: Mapping[str, ActionType],
) -> None:
    """And a viewer answers proposals alone."""
    assert {name: action.needs for name, action in action_types.items()} == {
        "answer_proposal": "answer",
        "choose": "automations",
        "follow_list": "live",
        "replay": "replay",
        "set_list_mode": "live",
        "undo": "undo",
    }
    assert {action.needs for action in action_types.values()} <= ANA.may
    assert Viewer("8", "Bo", "viewer", "g", EVERYTHING).may == {"answer"}


def test_undo_restores_the_value_and_records_who_asked(
    team: Team, action_types: Mapping[str, ActionType]
) -> None:
    """It says what else follows: the automation leaves the task alone for a while."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    (entry,) = team.bot.store.audit.list(Filter(), 9)

    message = action_types["undo"].run(team.bot, ANA, {"change": f"{entry.seq}"})
    team.settle()

    assert team.priority(task) is None
    assert message.startswith(f"Undone: change {entry.seq}, priority: Normal -> None.")
    assert "inference_first leaves the task alone until " in message
    (undone,) = team.bot.store.audit.list(Filter(automation="undo"), 9)
    assert (undone.actor, undone.cause) == ("Ana (7)", f"undo:{entry.seq}")
    assert not team.bot.store.audit.verify().problem


def test_people_have_names_in_changes_and_what_undid_them(
    team: Team, action_types: Mapping[str, ActionType]
) -> None:
    """Those of the directory that the bot keeps: without a call."""
    person = str(team.member.user.id)
    task = team.member.create_task(LIST, INFERENCE, assignees=[team.member.user.id])
    team.settle()
    store = team.bot.store
    written = store.journal.begin(Write(task, f"assignee:{person}", False, True, "h", "rule"), 1)
    store.journal.finish(written, "done", 1, calls=[])
    people = [{"id": person, "name": "Maria", "mail": ""}]
    listing = {"at_ms": 1, "entries": [{"names": ["maria"], "people": people}]}
    store.cursors.set("directory:people:1", json.dumps(listing))
    store.flush()

    rows = look(team, "automations", target="rule").rows("changes", "changes")
    message = action_types["undo"].run(team.bot, ANA, {"change": f"{written}"})

    assert [row["What"] for row in rows] == ["+ assignee Maria"]
    assert ", - assignee Maria." in message


def test_a_person_at_the_machine_has_a_name_alone(
    team: Team, action_types: Mapping[str, ActionType]
) -> None:
    """The id in ClickUp is not known."""
    team.member.create_task(LIST, INFERENCE)
    team.settle()
    (entry,) = team.bot.store.audit.list(Filter(), 9)
    action_types["undo"].run(team.bot, replace(ANA, user_id=""), {"change": f"{entry.seq}"})

    (undone,) = team.bot.store.audit.list(Filter(automation="undo"), 9)
    assert undone.actor == "Ana"


def test_undo_twice_is_refused_the_second_time(
    team: Team, action_types: Mapping[str, ActionType]
) -> None:
    """Two people press the button: one write."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    (entry,) = team.bot.store.audit.list(Filter(), 9)
    action_types["undo"].run(team.bot, ANA, {"change": f"{entry.seq}"})

    with pytest.raises(InputError, match="undone already"):
        action_types["undo"].run(team.bot, ANA, {"change": f"{entry.seq}"})
    assert len(team.bot_writes(task)) == 2


def test_what_a_person_changed_since_stays(
    team: Team, action_types: Mapping[str, ActionType]
) -> None:
    """The message says so."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    (entry,) = team.bot.store.audit.list(Filter(), 9)
    team.member.set_priority(task, "high")
    team.settle()

    with pytest.raises(InputError, match="somebody changed it since"):
        action_types["undo"].run(team.bot, ANA, {"change": f"{entry.seq}"})
    assert team.priority(task) == 2


def test_replay_has_the_event_handled_again(
    team: Team, action_types: Mapping[str, ActionType], clickup_sandbox: Sandbox
) -> None:
    """Once it could not be read; it is parked again, with one more try to look at."""
    incoming = Incoming("bad", "hook:x", team.bot.workspace_id, "k", "t", None, b"?", None, 1)
    team.bot.inbox.put(incoming)
    team.settle()
    (row,) = team.bot.inbox.list("parked", 9)

    message = action_types["replay"].run(team.bot, ANA, {"event": f"{row.id}"})

    assert message == f"Event {row.id} is handled again."
    assert [row.id for row in team.bot.inbox.list("ready", 9)] == [row.id]
    with pytest.raises(InputError, match="not parked any more"):
        action_types["replay"].run(team.bot, ANA, {"event": f"{row.id}"})
    team.settle()
    assert [row.id for row in team.bot.inbox.list("parked", 9)] == [row.id]


@pytest.mark.parametrize("text", UNREADABLE)
def test_only_a_number_names_what_is_meant(
    team: Team, action_types: Mapping[str, ActionType], text: str
) -> None:
    """Neither an automation nor a run can be smuggled in; nothing is written."""
    with pytest.raises(InputError):
        action_types["undo"].run(team.bot, ANA, {"change": text})
    with pytest.raises(InputError):
        action_types["replay"].run(team.bot, ANA, {"event": text})
    with pytest.raises(InputError):
        action_types["undo"].run(team.bot, ANA, {})
    assert team.bot.store.audit.list(Filter(), 9) == []


def test_what_does_not_exist_is_named(team: Team, action_types: Mapping[str, ActionType]) -> None:
    """With a hint."""
    with pytest.raises(InputError, match="no change"):
        action_types["undo"].run(team.bot, ANA, {"change": "4711"})
    with pytest.raises(InputError, match="no event 4711"):
        action_types["replay"].run(team.bot, ANA, {"event": "4711"})
