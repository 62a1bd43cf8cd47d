"""`/lead` and `/incident` in the room of an incident mean the same as in a comment on its task."""

from collections.abc import Sequence
from contextlib import suppress

import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.commands.dispatch import run_name
from clickup_mlops.features.incidents.course import get_report
from clickup_mlops.features.incidents.package import IncidentsPackage
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.store import Filter
from tests.flows.test_commands import say, thread
from tests.flows.test_executor import Crash, dying
from tests.flows.test_incident_moves import (
    FIRST,
    MINUTE,
    SECOND,
    end,
    incident_of,
    live,
    undo,
)
from tests.flows.test_incidents import pages
from tests.flows.test_integrations import Reporting
from tests.flows.test_missed_commands import look, lose
from tests.flows.test_one_outage import team

__all__ = ["team"]

INTERVAL = 20_000


@pytest.fixture
def task(team: Reporting) -> str:
    """A live incident that Jonas leads."""
    return live(team, FIRST)


def post(team: Reporting, task: str, text: str, *, user: int | None = None) -> str:
    """A person writes into the room; the message's id."""
    chat, workspace = client(team, user).chat, team.sandbox.team_id
    channel = chat.create_channel(workspace, incident_of(team, task).room)
    return chat.send(workspace, channel.id, text).id


def client(team: Reporting, user: int | None = None) -> ClickUp:
    """What a person uses."""
    token = team.sandbox.token_of(user or team.member.user.id)
    return ClickUp(token, base_url=team.sandbox.url)


def read_rooms(team: Reporting) -> None:
    """The next time that rooms are read."""
    team.control.clock.advance(INTERVAL)
    team.bot.get(IncidentsPackage).room_commands.tick()
    team.settle()


def answers(team: Reporting, message_id: str) -> Sequence[str]:
    """The answers in the message's thread."""
    replies = team.bot.client.chat.replies(team.sandbox.team_id, message_id)
    return [reply.content for reply in replies]


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("/incident severity 2", "Severity SEV2"),
        ("/incident identified the new tokenizer", "Identified: the new tokenizer"),
        ("/Incident mitigated.", "Mitigated"),
        ("/incident update Rolling back r42, ten minutes", "Rolling back r42, ten minutes"),
        ("/lead Maria Keller", "Maria Keller leads"),
    ],
)
def test_a_command_in_the_room_is_executed_once_and_answered_there(
    team: Reporting, task: str, command: str, shown: str
) -> None:
    """However often the room is read, also after a restart."""
    message = post(team, task, command)
    for _ in range(2):
        read_rooms(team)
    team.restart()
    read_rooms(team)

    (answer,) = answers(team, message)
    assert shown in answer.replace("*", "")
    assert shown.removesuffix(" leads").removeprefix("Severity ") in first_message(team, task)


def first_message(team: Reporting, task: str) -> str:
    """What the bot keeps up to date in the room."""
    chat, workspace = team.bot.client.chat, team.sandbox.team_id
    channel = chat.create_channel(workspace, incident_of(team, task).room)
    return [*chat.messages(workspace, channel.id)][-1].content.replace("*", "")


def test_without_a_name_whoever_writes_it_leads(team: Reporting, task: str) -> None:
    """By the user who wrote the message."""
    post(team, task, "/lead")
    read_rooms(team)
    assert incident_of(team, task).lead == team.member.user.username


@pytest.mark.parametrize("text", ["/priority low", "/shrug", "I think /lead is", "hello"])
def test_what_is_no_command_about_the_incident_is_for_people(
    team: Reporting, task: str, text: str
) -> None:
    """ClickUp's chat has commands of its own."""
    message, before = post(team, task, text), incident_of(team, task)
    read_rooms(team)
    assert (answers(team, message), incident_of(team, task)) == ([], before)


def test_what_the_bot_wrote_is_no_command(team: Reporting, task: str) -> None:
    """Though it begins with what a person wrote."""
    incident = incident_of(team, task)
    head = f"chat:room/{incident.id}"
    row = team.bot.store.journal.latest_done(incident.task_id, head)
    assert row is not None
    text = "/lead Maria Keller"
    team.bot.client.chat.edit(team.sandbox.team_id, row.receipt, text)
    read_rooms(team)
    assert incident_of(team, task).lead == incident.lead


def test_reading_a_room_costs_a_call_and_ends_with_the_incident(team: Reporting, task: str) -> None:
    """The channel is looked up once."""
    read_rooms(team)
    team.control.reset_counts()
    for _ in range(3):
        read_rooms(team)
    assert team.control.stats.calls("GET", "/messages") == 3
    assert team.control.stats.total == 3
    end(team, task)
    team.control.reset_counts()
    read_rooms(team)
    assert team.control.stats.calls("GET", "/messages") == 0


def test_what_was_written_just_before_the_end_counts(team: Reporting, task: str) -> None:
    """It is answered, and the post-mortem has it, also if the room was not read for an hour."""
    incident = incident_of(team, task)
    message = post(team, task, "/incident identified the new tokenizer")
    end(team, task)

    (answer,) = answers(team, message)
    assert "Identified: the new tokenizer" in answer
    ended = team.bot.store.table(Incidents).get(incident.id)
    assert ended is not None and not ended.is_open
    stage = get_report(ended, "stage")
    assert stage is not None and stage.text == "the new tokenizer"
    ((_page, text),) = pages(team).items()
    assert "the new tokenizer" in text


@pytest.mark.slow
def test_an_end_is_told_though_the_chat_has_failed_for_long(team: Reporting, task: str) -> None:
    """The post-mortem needs no chat; what was written in the room counts when it is read."""
    incident = incident_of(team, task)
    message = post(team, task, "/incident identified the new tokenizer")
    team.control.faults.add("status", path="*/chat/*/messages", times=None, status_code=503)
    end(team, task)
    assert pages(team) == {}
    team.control.clock.advance(11 * MINUTE)
    team.settle()
    assert len(pages(team)) == 1

    team.control.faults.clear()
    team.control.clock.advance(60 * MINUTE)
    team.settle()
    assert len(answers(team, message)) == 1
    ended = team.bot.store.table(Incidents).get(incident.id)
    assert ended is not None and get_report(ended, "stage") is not None


def test_the_room_of_a_joined_incident_is_read_to_its_end(team: Reporting, task: str) -> None:
    """What was said there is said of the incident that goes on."""
    joined = live(team, SECOND)
    message = post(team, joined, "/incident severity 1")
    say(team, joined, f"/incident join {task}")

    assert len(answers(team, message)) == 1
    severity = get_report(incident_of(team, task), "severity")
    assert severity is not None and severity.value == "SEV1"


def test_a_room_is_read_though_the_first_task_has_left(team: Reporting, task: str) -> None:
    """The incident goes on for the other one."""
    joined = live(team, SECOND)
    say(team, joined, f"/incident join {task}")
    end(team, task)
    post(team, joined, "/incident severity 1")
    read_rooms(team)
    severity = get_report(incident_of(team, joined), "severity")
    assert severity is not None and severity.value == "SEV1"


def test_what_is_written_after_the_end_is_refused(team: Reporting, task: str) -> None:
    """In a comment: the room is read no more."""
    end(team, task)
    team.control.clock.advance(20 * MINUTE)
    (reply,) = say(team, task, "/incident severity 1")
    assert "part of no open incident" in reply


def test_a_comment_from_before_the_end_counts_when_it_is_found_later(
    team: Reporting, task: str
) -> None:
    """The webhooks of both were lost."""
    incident = incident_of(team, task)
    comment, _untagged = lose(
        team,
        lambda: team.member.comment(task, "/incident severity 1"),
        lambda: team.member.untag(task, "incident"),
    )
    look(team)
    assert "Severity SEV1" in thread(team, comment)[0]
    ended = team.bot.store.table(Incidents).get(incident.id)
    assert ended is not None and not ended.is_open
    assert get_report(ended, "severity") is not None


def test_a_channel_that_was_deleted_parks_nothing(team: Reporting, task: str) -> None:
    """The incident goes on without its room."""
    chat, workspace = team.bot.client.chat, team.sandbox.team_id
    channel = chat.create_channel(workspace, incident_of(team, task).room)
    read_rooms(team)
    chat.delete_channel(workspace, channel.id)
    read_rooms(team)
    assert team.bot.inbox.depth(team.bot.now_ms()).parked == 0


def test_a_message_that_is_deleted_is_not_answered(team: Reporting, task: str) -> None:
    """What it said is done."""
    message = post(team, task, "/incident severity 1")
    team.control.clock.advance(INTERVAL)
    team.bot.get(IncidentsPackage).room_commands.tick()
    lanes = team.bot.lanes.worker
    lanes.run(f"room:{incident_of(team, task).id}")
    client(team).chat.delete(team.sandbox.team_id, message)
    team.settle()
    severity = get_report(incident_of(team, task), "severity")
    assert severity is not None and severity.value == "SEV1"
    assert team.bot.inbox.depth(team.bot.now_ms()).parked == 0


@pytest.mark.parametrize("last", range(1, 7))
def test_a_crash_answers_once(team: Reporting, task: str, last: int) -> None:
    """Wherever it is."""
    message = post(team, task, "/incident severity 2")
    dying(team, last)
    with suppress(Crash):
        read_rooms(team)
    team.restart()
    team.control.clock.advance(10 * MINUTE)
    for _ in range(2):
        team.control.clock.advance(60 * MINUTE)
        team.settle()
    assert len(answers(team, message)) == 1


def test_it_is_undone_like_a_comment(team: Reporting, task: str) -> None:
    """And the audit names the person."""
    post(team, task, "/incident severity 1")
    read_rooms(team)
    (entry,) = team.bot.store.audit.list(
        Filter(automation="/incident", kind="incident:severity"), 9
    )
    assert entry.actor == team.member.user.username
    assert entry.run.startswith(run_name("chat:"))
    assert undo(team, task) == {"undone"}
    assert get_report(incident_of(team, task), "severity") is None
