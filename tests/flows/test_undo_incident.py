"""`/undo` in an incident that several people work on: what others did stays."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from clickup_mlops.features.incidents.course import get_report
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.features.undo.operations import Target, undo
from clickup_mlops.store import Filter
from clickup_mlops.store.tables.notes import SAID
from tests.flows.test_commands import say
from tests.flows.test_dependents import survive_every_step
from tests.flows.test_executor import Crash, Fate, go_on
from tests.flows.test_incident_crashes import mortal_builds
from tests.flows.test_incident_moves import FIRST, MINUTE, SECOND, incident_of, live
from tests.flows.test_incidents import comments, messages
from tests.flows.test_integrations import Reporting
from tests.flows.test_notifications import hire
from tests.flows.test_one_outage import create, fire, incidents, team

__all__ = ["team"]

pytestmark = pytest.mark.clickup_sandbox(plan="Enterprise")

LEAD = "Maria Keller"


def person(team: Reporting, number: int) -> Any:
    """Another one than who reported the incident."""
    return team.control.as_user(team.control.members[number].id)


@pytest.fixture
def other_person(team: Reporting) -> Any:
    """Who gave no command yet."""
    hire(team.sandbox, "ana")
    team.restart()  # who is a member is read once in a while
    return person(team, 3)


@pytest.fixture
def task(team: Reporting) -> str:
    """A live incident of which one person said the severity, another one the lead."""
    task = live(team, FIRST)
    say(team, task, "/incident severity 2")
    say(team, task, f"/lead {LEAD}", author=person(team, 2))
    return task


def assignees(team: Reporting, task: str) -> set[str]:
    """Who is assigned to the task."""
    return {person["username"] for person in team.control.task(task)["assignees"]}


def look(team: Reporting, task: str) -> dict[str, Any]:
    """What people see of the incident, and what is muted."""
    incident = incident_of(team, task)
    return {
        "incident": incident,
        "messages": messages(team, incident.room),
        "comments": [text for text in comments(team, task) if not text.startswith("/")],
        "muted": team.bot.store.mutes.of(task, team.bot.now_ms()),
        "priority": team.priority(task),
    }


def test_who_gave_no_command_is_asked_before_a_live_incident_ends(
    team: Reporting, task: str, other_person: Any
) -> None:
    """In one line, with the commands for either; nothing is written, and nothing is muted."""
    before = look(team, task)

    (reply,) = say(team, task, "/undo", author=other_person)

    assert look(team, task) == before
    assert "/undo incident" in reply and "/incident no" in reply and "muted" in reply
    assert len(reply.splitlines()) == 1


def test_a_command_is_undone_though_an_incident_began_since(team: Reporting) -> None:
    """And the answer says how the incident is undone."""
    before = live(team, SECOND)
    say(team, before, "/hold for 2d")
    say(team, before, "/incident severity 1", author=person(team, 2))

    (reply,) = say(team, before, "/undo")

    assert team.bot.store.overrides.get(before, team.bot.now_ms()) is None
    severity = get_report(incident_of(team, before), "severity")
    assert severity is not None and severity.value == "SEV1"
    assert "Undone" in reply


def test_an_undo_in_an_incident_is_of_the_own_command_alone(team: Reporting, task: str) -> None:
    """The lead that another person named since stays."""
    (reply,) = say(team, task, "/undo")

    assert len(reply.splitlines()) == 1
    incident = incident_of(team, task)
    assert get_report(incident, "severity") is None
    assert incident.lead == LEAD
    (comment,) = [text for text in comments(team, task) if text.startswith("Live incident")]
    assert "/undo" not in comment


def test_the_incident_goes_on_for_the_tasks_that_people_joined(
    team: Reporting, task: str, other_person: Any
) -> None:
    """With its room, lead and severity; only this task is out, and keeps what people did."""
    joined = live(team, SECOND)
    say(team, joined, f"/incident join {task}", author=person(team, 2))
    incident = incident_of(team, task)

    (reply,) = say(team, task, "/undo incident", author=other_person)

    after = incident_of(team, joined)
    assert team.bot.store.table(Incidents).open_of(task) is None
    assert (after.id, after.lead, after.is_open) == (incident.id, LEAD, True)
    severity = get_report(after, "severity")
    assert severity is not None and severity.value == "SEV2"
    assert LEAD in "".join(messages(team, incident.room))
    assert "incident" in {tag["name"] for tag in team.control.task(task)["tags"]}
    assert "Undone" in reply


def test_the_last_task_ends_the_incident_and_keeps_what_people_did(
    team: Reporting, task: str, other_person: Any
) -> None:
    """Comment and messages of the bot are removed; the lead whom a person named stays assigned."""
    room = incident_of(team, task).room
    assert assignees(team, task) == {"Jonas Weber", LEAD}

    (reply,) = say(team, task, "/undo incident because it is a false alarm", author=other_person)
    assert team.bot.store.table(Incidents).open_of(task) is None
    assert assignees(team, task) == {LEAD}
    assert "incident" in {tag["name"] for tag in team.control.task(task)["tags"]}
    assert "Live incident" not in "".join([*comments(team, task), *messages(team, room)])
    assert "/unmute live_incident" in reply


def test_who_is_assigned_to_the_incident_no_more_is_named(team: Reporting) -> None:
    """Though the command was given on a task that joined it, which others are assigned to."""
    first, joined = live(team, FIRST), live(team, SECOND)
    say(team, joined, f"/incident join {first}")
    say(team, joined, f"/lead {LEAD}", author=person(team, 2))
    assert LEAD in assignees(team, first) - assignees(team, joined)

    (reply,) = say(team, joined, "/undo", author=person(team, 2))

    assert LEAD not in assignees(team, first)
    assert f"- assignee {LEAD}" in reply


def test_the_answer_of_an_incident_that_is_none_says_so(team: Reporting, other_person: Any) -> None:
    """Nothing else is undone instead."""
    task = team.member.create_task("Tasks", "Quarterly report")
    say(team, task, "/priority urgent")

    (reply,) = say(team, task, "/undo incident", author=other_person)

    assert reply.startswith("Nothing to undo")
    assert team.priority(task) == 1


def test_the_last_command_of_another_person_is_not_undone(
    team: Reporting, other_person: Any
) -> None:
    """It is passed over where nobody gave a command of their own."""
    task = team.member.create_task("Tasks", "Quarterly report")
    say(team, task, "/priority urgent")

    (reply,) = say(team, task, "/undo", author=other_person)

    assert team.priority(task) == 1
    assert reply.startswith(("Nothing to undo", "Left as it is: change 1 by inference_first"))


def test_the_room_stays_when_the_first_task_leaves(team: Reporting, task: str) -> None:
    """It sends nobody to itself, and its message is still about the incident."""
    joined = live(team, SECOND)
    say(team, joined, f"/incident join {task}")
    team.member.untag(task, "incident")
    team.settle()

    texts = [*messages(team, incident_of(team, joined).room), *comments(team, task)]
    assert not [text for text in texts if "another one" in text or "affected no longer" in text]
    assert LEAD in "".join(texts)


@pytest.mark.parametrize("kind", ["tag:incident", "priority", "incident"])
def test_undo_of_one_write_is_of_that_alone(team: Reporting, kind: str) -> None:
    """The automation still ends the incident that it began, unless its beginning is undone."""
    task = create(team, SECOND, Model="finder")
    team.settle()
    before = team.priority(task)
    fire(team, "NoAnswers", model="finder")
    writes = team.bot.store.audit.list(Filter(task_id=task, automation="live_incident"), 9)
    (number,) = [entry.seq for entry in writes if entry.kind == kind]

    say(team, task, f"/undo {number}")
    is_beginning = kind == "incident"
    muted = team.bot.store.mutes.of(task, team.bot.now_ms())
    assert [*muted] == ["live_incident"] * is_beginning
    assert (team.bot.store.table(Incidents).open_of(task) is None) == is_beginning
    assert team.priority(task) == (before if kind == "priority" else 1)
    fire(team, "NoAnswers", "resolved", model="finder")

    assert team.bot.store.table(Incidents).open_of(task) is None
    tags = [tag["name"] for tag in team.control.task(task)["tags"]]
    assert tags == ["incident"] * is_beginning


def test_undo_of_an_end_leads_back_into_the_incident(team: Reporting) -> None:
    """With the tag that was removed beside it: people remove that when it is over, or it ends with
    the next alert. Nothing is muted.
    """
    task = create(team, SECOND, Model="finder")
    team.settle()
    fire(team, "NoAnswers", model="finder")
    fire(team, "NoAnswers", "resolved", model="finder")
    writes = team.bot.store.audit.list(Filter(task_id=task, automation="live_incident"), 9)
    (number,) = [entry.seq for entry in writes if entry.kind == "incident" and entry.after is None]

    say(team, task, f"/undo {number}")
    assert incident_of(team, task).is_open
    assert [tag["name"] for tag in team.control.task(task)["tags"]] == ["incident"]
    assert team.bot.store.mutes.of(task, team.bot.now_ms()) == {}
    team.member.comment(task, "Still slow")
    team.settle()
    assert incident_of(team, task).is_open

    team.member.untag(task, "incident")
    team.settle()
    assert team.bot.store.table(Incidents).open_of(task) is None
    team.member.tag(task, "incident")
    team.settle()
    assert incident_of(team, task).is_open


def find_newest(team: Reporting, task: str, kind: str) -> int:
    """The number of what the automation wrote last of this kind."""
    writes = team.bot.store.audit.list(Filter(task_id=task, automation="live_incident"), 9)
    return next(entry.seq for entry in writes if entry.kind == kind)


def test_undo_of_an_end_brings_back_the_tag_that_the_task_was_created_with(
    team: Reporting,
) -> None:
    """It began with the task of an alert: only the undo of its beginning takes its tag away."""
    fire(team, "HighLatency", model="finder")
    (incident,) = incidents(team)
    task = incident.task_id
    fire(team, "HighLatency", "resolved", model="finder")

    (reply,) = say(team, task, f"/undo {find_newest(team, task, 'incident')}")

    assert "incident" in {tag["name"] for tag in team.control.task(task)["tags"]}
    assert incident_of(team, task).is_open
    assert len(reply.splitlines()) == 2


@pytest.mark.parametrize("is_alert_task", [False, True])
def test_an_operator_undoes_an_end_with_its_tag(team: Reporting, is_alert_task: bool) -> None:
    """Nothing is muted, and the incident goes on with the next change of its task."""
    task = "" if is_alert_task else create(team, SECOND, Model="finder")
    team.settle()
    fire(team, "NoAnswers", model="finder")
    task = task or incidents(team)[0].task_id
    fire(team, "NoAnswers", "resolved", model="finder")
    target = Target(str(find_newest(team, task, "incident")))

    changes = [*undo(team.bot, target, actor="Operator").changes]
    assert [change.state for change in changes] == ["undone", "undone"]
    assert not team.bot.store.mutes.of(task, team.bot.now_ms())
    team.member.comment(task, "Still slow")
    team.settle()
    assert incident_of(team, task).is_open
    assert "incident" in {tag["name"] for tag in team.control.task(task)["tags"]}


def test_an_operator_undoes_a_beginning_with_the_tag_of_the_alert_s_task(team: Reporting) -> None:
    """It would begin the incident again."""
    fire(team, "HighLatency", model="finder")
    task = incidents(team)[0].task_id

    target = Target(str(find_newest(team, task, "incident")))
    [*undo(team.bot, target, actor="Operator").changes]

    assert team.bot.store.table(Incidents).open_of(task) is None
    assert "incident" not in {tag["name"] for tag in team.control.task(task)["tags"]}


def test_undo_of_the_tag_that_an_end_removed_opens_no_incident(team: Reporting) -> None:
    """As soon as its mute has ended, the next alert does."""
    task = create(team, SECOND, Model="finder")
    team.settle()
    fire(team, "NoAnswers", model="finder")
    fire(team, "NoAnswers", "resolved", model="finder")

    say(team, task, f"/undo {find_newest(team, task, 'tag:incident')}")
    assert team.bot.store.table(Incidents).open_of(task) is None
    assert [*team.bot.store.mutes.of(task, team.bot.now_ms())] == ["live_incident"]
    say(team, task, "/unmute live_incident")
    fire(team, "HighLatency", model="finder")

    assert incident_of(team, task).is_open


ASSIGNING = {
    "/lead Maria Keller": LEAD,
    "/incident lead Maria Keller": LEAD,
    "/incident split": "Jonas Weber",
}


@pytest.mark.parametrize("command", ASSIGNING)
def test_undo_of_a_command_takes_back_whom_it_assigned(team: Reporting, command: str) -> None:
    """On the task that shows it, be it another one; no automation is muted for it."""
    first, second = (live(team, name, Model="chat") for name in (FIRST, SECOND))
    before = [assignees(team, task) for task in (first, second)]
    say(team, second, command)
    after = [assignees(team, task) for task in (first, second)]
    assert ASSIGNING[command] in after["split" in command]

    (reply,) = say(team, second, "/undo")

    assert [assignees(team, task) for task in (first, second)] == before
    assert "muted" not in reply
    say(team, second, command)
    assert [assignees(team, task) for task in (first, second)] == after


@pytest.mark.parametrize("priority", [3, 1])
def test_undo_of_an_incident_that_a_person_said_takes_back_whom_it_assigned(
    team: Reporting, priority: int
) -> None:
    """With the tag that began it, and the texts about it; also of a task that was Urgent before.
    Nothing is muted.
    """
    task = create(team, "Ranking is slow")
    team.settle()
    team.member.set_priority(task, priority)
    team.settle()
    say(team, task, "/incident yes")
    assert assignees(team, task) == {"Jonas Weber"}
    room = incident_of(team, task).room

    (reply,) = say(team, task, "/undo")

    assert team.bot.store.table(Incidents).open_of(task) is None
    assert assignees(team, task) == set()
    assert team.priority(task) == priority
    assert "Live incident" not in "".join([*comments(team, task), *messages(team, room)])
    assert "muted" not in reply and not team.bot.store.mutes.of(task, team.bot.now_ms())
    say(team, task, "/incident yes")
    assert incident_of(team, task).is_open


@pytest.mark.parametrize("priority", [3, 1])
def test_an_operator_undoes_what_a_person_said_with_its_incident(
    team: Reporting, priority: int
) -> None:
    """By the number of the tag; a dry run says so, and changes nothing."""
    task = create(team, "Ranking is slow")
    team.settle()
    team.member.set_priority(task, priority)
    team.settle()
    say(team, task, "/incident yes")
    (tag,) = team.bot.store.audit.list(Filter(task_id=task, kind="tag:incident"), 9)
    plan = [*undo(team.bot, Target(str(tag.seq)), actor="Operator", dry=True).changes]
    assert incident_of(team, task).is_open

    undone = [*undo(team.bot, Target(str(tag.seq)), actor="Operator").changes]
    team.settle()

    assert [change.seq for change in plan] == [change.seq for change in undone]
    assert team.bot.store.table(Incidents).open_of(task) is None
    assert assignees(team, task) == set()
    assert team.priority(task) == priority


def test_the_undo_of_what_a_person_said_ends_the_incident_wherever_the_bot_dies(
    team: Reporting,
) -> None:
    """With whom it assigned, the texts about it, and what is learnt of it; said again, it begins
    again.
    """
    task = create(team, "Ranking is slow")
    team.member.set_priority(task, 1)
    team.settle()

    def begin() -> str:
        say(team, task, "/incident yes")
        assert incident_of(team, task).is_open
        team.control.clock.advance(MINUTE)
        team.member.comment(task, "/undo")
        return task

    def list_remains(task: str) -> set[str]:
        is_open = team.bot.store.table(Incidents).open_of(task) is not None
        texts = {text for text in comments(team, task) if text.startswith("Live incident")}
        is_said = team.bot.store.notes.get(SAID["incident"], task) is not None
        marks = {"open": is_open, "said": is_said}
        return assignees(team, task) | texts | {mark for mark, remains in marks.items() if remains}

    assert survive_every_step(team, begin, list_remains) > 5


@pytest.mark.parametrize("command", ["yes", "join"])
def test_undo_incident_is_of_the_own_answer_too(team: Reporting, command: str) -> None:
    """Its tag would keep the task Urgent, also once it is closed and open again. Another person's
    answer stays, and what was before the answer is there again.
    """
    first, task = live(team, FIRST), create(team, "Ranking is slow")
    team.settle()
    before = team.priority(task)
    say(team, task, "/incident no")
    say(team, task, f"/incident {command} {first if command == 'join' else ''}")
    assert team.priority(task) == 1

    say(team, task, "/undo incident", author=person(team, 2))
    assert "incident" in {tag["name"] for tag in team.control.task(task)["tags"]}
    say(team, task, "/undo incident")

    assert team.bot.store.table(Incidents).open_of(task) is None
    assert [tag["name"] for tag in team.control.task(task)["tags"]] == ["not-incident"]
    assert team.priority(task) == before
    assert incident_of(team, first).is_open


def test_undo_of_an_incident_that_a_person_split_takes_back_whom_it_assigned(
    team: Reporting,
) -> None:
    """As the incident began with the command."""
    _first, second = (live(team, name, Model="chat") for name in (FIRST, SECOND))
    say(team, second, "/incident split")
    assert assignees(team, second) == {"Jonas Weber"}

    say(team, second, "/undo incident")

    assert assignees(team, second) == set()


def test_undo_of_a_part_of_a_command_leaves_whom_the_rest_assigned(team: Reporting) -> None:
    """A tag that goes beside that of the incident; that one unassigns them, and takes back what was
    said.
    """
    task = create(team, "Ranking is slow")
    team.settle()
    for answer in ("no", "yes because of the pager"):
        say(team, task, f"/incident {answer}")
    entries = team.bot.store.audit.list(Filter(task_id=task, automation="/incident"), 9)
    refused, confirmed = (
        next(entry.seq for entry in entries if entry.kind == kind)
        for kind in ("tag:not-incident", "tag:incident")
    )

    say(team, task, f"/undo {refused}")
    assert assignees(team, task) == {"Jonas Weber"}
    assert team.bot.store.notes.get(SAID["incident"], task) is not None
    say(team, task, f"/undo {confirmed}")
    assert assignees(team, task) == set()
    assert team.bot.store.notes.get(SAID["incident"], task) is None


def assign_again(team: Reporting, task: str) -> None:
    """Another person removes Maria Keller, and assigns her."""
    user_id = team.control.member(LEAD).id
    for change in ("rem", "add"):
        team.control.clock.advance(MINUTE)
        person(team, 2).update(task, assignees={change: [user_id]})
        team.settle()


def lead_again(team: Reporting, task: str) -> None:
    """Another person says the same."""
    say(team, task, "/lead Maria Keller", author=person(team, 2))


def report_besides(team: Reporting, task: str) -> None:
    """The last command of the person says something else."""
    say(team, task, "/incident severity 2")


@pytest.mark.parametrize("since", [assign_again, lead_again, report_besides])
def test_who_was_assigned_by_others_since_stays(
    team: Reporting, since: Callable[[Reporting, str], None]
) -> None:
    """Though the command assigned the same person first."""
    task = live(team, FIRST)
    say(team, task, "/lead Maria Keller")
    since(team, task)

    say(team, task, "/undo")

    assert assignees(team, task) == {"Jonas Weber", LEAD}


def test_undo_incident_is_of_its_texts_though_an_alert_came_before_its_beginning(
    team: Reporting,
) -> None:
    """The bot dies as the incident begins: the report of the alert is handled first then."""
    team.restart(builds=mortal_builds(Fate(1)))
    with suppress(Crash):
        fire(team, "HighLatency", model="finder")
    team.bot.store.database.forget_deferred()  # it died with the process
    team.restart()
    go_on(team, team.bot)
    (incident,) = incidents(team)
    before = [*comments(team, incident.task_id), *messages(team, incident.room)]

    say(team, incident.task_id, "/undo incident")
    after = [*comments(team, incident.task_id), *messages(team, incident.room)]
    assert ["Live incident" in "".join(texts) for texts in (before, after)] == [True, False]


ROOM = {"incident_room", "incident_update"}


@pytest.mark.parametrize(
    ("state", "muted"),
    [
        ("live", ROOM | {"live_incident"}),
        ("over", ROOM | {"incident_review"}),
        ("tagged by a person", ROOM | {"incident_review", "live_incident"}),
    ],
)
def test_the_tag_of_an_alert_s_task_goes_with_its_incident(
    team: Reporting, state: str, muted: set[str]
) -> None:
    """It was created with it: no other write of the bot set it. One of people stays, and of one
    that is gone nothing is said.
    """
    fire(team, "HighLatency", model="finder")
    (incident,) = incidents(team)
    task = incident.task_id
    if state == "tagged by a person":
        team.member.untag(task, "incident")
        team.settle()
        team.member.tag(task, "incident")
        team.settle()
    elif state == "over":
        fire(team, "HighLatency", "resolved", model="finder")

    (reply,) = say(team, task, "/undo" if state == "over" else "/undo incident")

    tags = {tag["name"] for tag in team.control.task(task)["tags"]}
    assert ("incident" in tags) == (state == "tagged by a person")
    assert reply.count("- tag incident") == (state != "over")
    # `incident_update` ran if the report of the alert was handled after the incident began.
    update = {"incident_update"}
    assert set(team.bot.store.mutes.of(task, team.bot.now_ms())) | update == muted | update
