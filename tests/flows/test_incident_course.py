"""People say how they handle an incident: `/lead`, severity, stage and an update in their words."""

import pytest

from clickup_mlops.features.incidents.course import get_report
from tests.flows.test_commands import say, thread
from tests.flows.test_incident_moves import FIRST, MINUTE, SECOND, end, incident_of, live, undo
from tests.flows.test_incidents import comments, messages, pages
from tests.flows.test_integrations import Reporting
from tests.flows.test_one_outage import create, rooms, team

__all__ = ["team"]

REPORTS = {
    "/incident severity 2": "Severity SEV2",
    "/incident severity sev-1 because all regions": "Severity SEV1: all regions",
    "/incident identified the new tokenizer": "Identified: the new tokenizer",
    "/incident mitigated": "Mitigated",
    "/incident update Rolling back r42, ten minutes": "Rolling back r42, ten minutes",
    "/incident lead Maria Keller": "Maria Keller leads",
    "/lead Maria Keller because Jonas is on a train": "Maria Keller leads",
}


def message(team: Reporting, task: str) -> str:
    """The one message in the incident's room, as it is now."""
    (text,) = messages(team, incident_of(team, task).room)
    return text.replace("*", "")


def state(team: Reporting, task: str) -> list[str]:
    """The message without what happened last."""
    return [
        line
        for line in message(team, task).splitlines()
        if line and " comment: " not in line and line != "Latest:"
    ]


@pytest.fixture
def task(team: Reporting) -> str:
    """A live incident that Jonas leads."""
    return live(team, FIRST)


@pytest.mark.parametrize("command", REPORTS)
def test_a_report_is_shown_where_people_look(team: Reporting, task: str, command: str) -> None:
    """The message in the room and the comment on the task change; no second one is written."""
    before = len(comments(team, task))
    (reply,) = say(team, task, command)

    assert REPORTS[command] in reply
    value = REPORTS[command].removesuffix(" leads").removeprefix("Severity ")
    assert value in message(team, task)
    assert any(value in comment for comment in comments(team, task))
    assert len(comments(team, task)) == before + 1  # the command; its answer is a reply


def test_the_answer_says_it_once(team: Reporting, task: str) -> None:
    """What people wrote is the report, not its reason."""
    (reply,) = say(team, task, "/incident mitigated rolled back")

    assert reply.count("rolled back") == 1
    assert say(team, task, "/incident update Traffic is back.") == ["Noted: Traffic is back."]


def test_a_lead_is_assigned(team: Reporting, task: str) -> None:
    """ClickUp notifies the person."""
    say(team, task, "/lead Maria Keller")

    assert "Maria Keller" in {
        person.username for person in team.bot.client.tasks.get(task).assignees
    }
    assert incident_of(team, task).lead == "Maria Keller"


def test_without_a_name_whoever_writes_it_leads(team: Reporting, task: str) -> None:
    """`/lead` is enough."""
    (reply,) = say(team, task, "/lead")

    lead = incident_of(team, task).lead
    assert lead and f"{lead} leads" in reply


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("/lead Nobody Atall", "Not done"),
        ("/incident severity bad", "from `1` (worst) to `5`"),
        ("/incident update", "the text is missing"),
    ],
)
def test_what_cannot_be_read_is_explained(
    team: Reporting, task: str, command: str, problem: str
) -> None:
    """And the incident stays as it is."""
    before = incident_of(team, task)
    (reply,) = say(team, task, command)

    assert problem.replace("`", "") in reply.replace("`", "")
    assert incident_of(team, task) == before


def test_a_task_without_an_incident_says_so(team: Reporting, task: str) -> None:
    """Nothing is kept for later."""
    end(team, task)
    team.control.clock.advance(20 * MINUTE)
    (reply,) = say(team, task, "/incident mitigated")

    assert "no open incident" in reply


@pytest.mark.parametrize(
    "command", ["/lead Maria Keller", "/incident severity 1", "/incident mitigated"]
)
def test_a_report_is_undone(team: Reporting, task: str, command: str) -> None:
    """The message is as it was before; the timeline says what was undone, and when."""
    before, output = incident_of(team, task), state(team, task)
    (reply,) = say(team, task, command)
    assert state(team, task) != output

    team.control.clock.advance(MINUTE)
    undone_ms = team.bot.now_ms()
    assert undo(team, task) == {"undone"}
    news = team.bot.store.timeline.of_task(task, undone_ms, team.bot.now_ms() + 1)
    texts = [entry.text for entry in news if entry.kind == "incident"]
    assert texts == [f"Undone: {reply.removesuffix('.')}"]
    assert incident_of(team, task).lead == before.lead
    assert state(team, task) == output


def test_an_incident_that_goes_on_is_mitigated_no_longer(team: Reporting, task: str) -> None:
    """How severe it is stays."""
    say(team, task, "/incident severity 3")
    say(team, task, "/incident mitigated")
    end(team, task)
    team.member.tag(task, "incident")
    team.settle()

    incident = incident_of(team, task)
    assert get_report(incident, "stage") is None
    severity = get_report(incident, "severity")
    assert severity is not None and severity.value == "SEV3"


def test_the_post_mortem_has_them(team: Reporting, task: str) -> None:
    """How severe it was, and after what time it was mitigated."""
    say(team, task, "/incident severity 2")
    team.control.clock.advance(5 * 60_000)
    say(team, task, "/incident mitigated rolled back")
    team.member.comment(task, "Traffic is back.")
    end(team, task)

    (text,) = pages(team).values()
    plain = text.replace("*", "")
    assert "Severity: SEV2" in plain
    assert "Mitigated after: 6 min" in plain
    assert "Mitigated: rolled back" in plain
    assert "Comments: 1\n" in plain, "those of the timeline: a command has a line of its own"


def test_reports_of_a_task_that_joined_are_of_its_incident(team: Reporting, task: str) -> None:
    """There is one room and one state."""
    second = live(team, SECOND)
    say(team, second, f"/incident join {task}")
    say(team, second, "/incident mitigated")

    assert "Mitigated" in message(team, task)
    assert len(rooms(team)) == 2


@pytest.mark.parametrize("was_there", [True, False])
def test_a_command_written_while_the_bot_was_away_finds_its_incident(
    team: Reporting, was_there: bool
) -> None:
    """The incident and the command about it are handled together, in their order."""
    task = create(team, FIRST) if was_there else ""
    team.settle()
    team.control.deliveries.pause()
    task = task or create(team, FIRST)
    team.member.tag(task, "incident")
    team.control.clock.advance(MINUTE)
    comment = team.member.comment(task, "/incident mitigated")
    team.control.deliveries.resume()
    team.settle()

    (reply,) = thread(team, comment)
    assert reply.startswith("Mitigated"), reply
    assert "Mitigated" in message(team, task)


def test_a_confirmed_incident_says_that_the_hold_wins(team: Reporting) -> None:
    """And how to end it."""
    held = create(team, "Ranking is slow")
    team.settle()
    say(team, held, "/priority low for 2d")
    (reply,) = say(team, held, "/incident yes")
    assert "The hold wins: Low is held" in reply and "/release" in reply
    assert "hold" not in say(team, create(team, "Search is down"), "/incident yes")[0]
