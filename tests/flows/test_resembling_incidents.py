"""An incident that may be the same outage as a live one says so, with the command to join it.

Until that is answered, nobody is notified a second time.
"""

from collections.abc import Callable
from contextlib import suppress

import pytest

from clickup_mlops.features.incidents.incident import QUESTION
from clickup_mlops.features.incidents.service import IncidentService
from clickup_mlops.features.incidents.tables.incidents import Incidents
from tests.flows.conftest import build
from tests.flows.test_commands import say
from tests.flows.test_executor import Crash, Fate, go_on
from tests.flows.test_incident_crashes import mortal_builds
from tests.flows.test_incident_moves import MINUTE, end, incident_of, live
from tests.flows.test_incidents import comments, messages
from tests.flows.test_integrations import Reporting
from tests.flows.test_one_outage import create, fire, incidents, rooms, team
from tests.soak import crash_steps

__all__ = ["team"]

FIRST = "Chat API of the gateway returns 503 for all customers"
SECOND = "Chat completions are down"
THIRD = "Chat shows an empty page"


def wait(team: Reporting, ms: int = 11 * MINUTE) -> None:
    """Nobody answers for so long."""
    team.control.clock.advance(ms)
    team.settle()


def comment_on(team: Reporting, task: str) -> str:
    """The bot's comment about the incident on the task."""
    (comment,) = [text for text in comments(team, task) if "incident" in text and text[0] != "/"]
    return comment.replace("*", "")


def first_texts(team: Reporting, task: str) -> tuple[str, str]:
    """The message in the room and the comment on the task, without marks."""
    wait(team)
    room, *_ = messages(team, incident_of(team, task).room)
    (comment,) = [text for text in comments(team, task) if "Live incident" in text]
    return room.replace("*", ""), comment.replace("*", "")


def test_a_report_without_a_model_names_the_incident_that_it_resembles(team: Reporting) -> None:
    """The command is there to be copied, and does what it says; then the line is gone."""
    first, second = live(team, FIRST), live(team, SECOND)

    for text in first_texts(team, second):
        assert f"/incident join {first}" in text
        assert FIRST in text
    assert not any("/incident join" in text for text in first_texts(team, first))
    say(team, second, f"/incident join {first}")
    assert incident_of(team, second).id == incident_of(team, first).id
    assert not any("The same outage?" in text for text in first_texts(team, first))


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_report_in_question_sends_nobody_to_a_room(team: Reporting, answer: str) -> None:
    """There is none before somebody has said that it is an outage of its own."""
    live(team, FIRST)
    second = live(team, SECOND)
    assert "Room:" not in comment_on(team, second)

    say(team, second, f"/incident {answer}")
    assert ("Room:" in comment_on(team, second)) == (answer == "yes")


def test_an_alert_that_names_the_service_resembles_a_report_about_it(team: Reporting) -> None:
    """By the value of its label, a word of the title. Nobody could answer it: it does not wait."""
    first = live(team, SECOND)
    fire(team, "ErrorBudget", model="chat-70b")
    (task,) = (entry["id"] for entry in team.named("ErrorBudget: node 7"))

    assert not incident_of(team, task).original_id
    assert all(f"/incident join {first}" in text for text in first_texts(team, task))


def test_different_outages_do_not_resemble_each_other(team: Reporting) -> None:
    """By general words alone, with labels of different models, or after people split them."""
    live(team, "Search returns errors to all users")
    assert not any("join" in text for text in first_texts(team, live(team, FIRST)))
    other = live(team, "Inference endpoint of billing is slow")
    assert not any("join" in text for text in first_texts(team, other))
    live(team, "Endpoint ranker is slow", Model="ranker-1")
    other = live(team, "Endpoint ranker is down", Model="ranker-2")
    assert not any("join" in text for text in first_texts(team, other))


def test_what_people_split_is_not_named_again(team: Reporting) -> None:
    """They have decided."""
    live(team, FIRST, Model="chat")
    second = live(team, SECOND, Model="chat")
    say(team, second, "/incident split")
    assert not any("/incident join" in text for text in first_texts(team, second))


def test_the_title_of_another_list_is_not_shown(team: Reporting) -> None:
    """Not all who see the task may see that one; its id leads those who may."""
    with team.bot.client as client:
        (space, *_) = client.spaces.all(team.bot.workspace_id)
        client.lists.create("Elsewhere", space_id=space.id)
    first = live(team, FIRST)
    second = team.member.create_task("Elsewhere", SECOND)
    team.member.tag(second, "incident")
    team.settle()
    for text in first_texts(team, second):
        assert FIRST not in text
        assert f"/incident join {first}" in text


def test_who_resembles_a_live_incident_notifies_nobody_until_it_is_answered(
    team: Reporting,
) -> None:
    """One comment for who wrote it, one line in the room that there is; Urgent as any other one."""
    first, second = live(team, FIRST), live(team, SECOND)

    assert rooms(team) == [incident_of(team, first).room]
    task = team.control.task(second)
    assert (task["assignees"], task["priority"]["id"]) == ([], "1")
    assert "incident" in {tag["name"] for tag in task["tags"]}
    assert len(incidents(team)) == 2, "both stand on the dashboard"
    assert team.bot.inbox.depth(team.bot.now_ms()).oldest_ms is None, "nothing is late"
    assert f"/incident join {first}" in comment_on(team, second)
    assert "/incident yes" in comment_on(team, second)
    (message,) = messages(team, incident_of(team, first).room)
    assert SECOND in message and f"/incident join {first}" in message


def test_a_report_that_joins_opens_no_room_at_any_time(team: Reporting) -> None:
    """It is the same outage."""
    first, second = live(team, FIRST), live(team, SECOND)
    say(team, second, f"/incident join {first}")
    wait(team)

    assert rooms(team) == [incident_of(team, first).room]
    assert incident_of(team, second).id == incident_of(team, first).id
    assert team.control.task(second)["assignees"] == []
    assert "part of the incident" in comment_on(team, second)
    (message,) = messages(team, incident_of(team, first).room)
    assert "The same outage?" not in message.replace("*", "")


@pytest.mark.parametrize("answer", ["/incident yes", "/incident severity 2", "", "join the other"])
def test_another_outage_opens_at_once_or_after_a_while(team: Reporting, answer: str) -> None:
    """Nothing is hidden because nobody answers."""
    first, second = live(team, FIRST), live(team, SECOND)
    if answer == "join the other":
        say(team, first, f"/incident join {second}")
    elif answer:
        say(team, second, answer)
    else:
        wait(team)

    assert incident_of(team, second).room in rooms(team)
    assert [person["username"] for person in team.control.task(second)["assignees"]] == [
        "Jonas Weber"
    ]
    assert "without an answer" not in comment_on(team, second)
    for _ in range(2):
        wait(team)
        assert len(messages(team, incident_of(team, second).room)) == 1
    (message, *_) = messages(team, incident_of(team, first).room)
    assert "is reported since" not in message


@pytest.fixture
def assigning_team(team: Reporting) -> Reporting:
    """Maria is assigned to each task of an incident."""
    by_name = team.bot.settings.automations.model_dump(by_alias=True)["by_name"]
    by_name["live_incident"]["settings"]["on_call"] = "Maria"
    team.configure(by_name=by_name)
    return team


def is_assigned(team: Reporting, task: str) -> bool:
    """Whether Maria is."""
    return "Maria Keller" in {person["username"] for person in team.control.task(task)["assignees"]}


@pytest.mark.parametrize("answer", ["/incident yes", "an alert", "", "join"])
def test_nobody_is_assigned_before_the_incident_is_announced(
    assigning_team: Reporting, answer: str
) -> None:
    """To be assigned is a notification. Whoever is assigned is so on each task of an incident, also
    on one whose incident people join to another one.
    """
    team = assigning_team
    first, second = live(team, FIRST), live(team, SECOND)
    assert is_assigned(team, first) and not is_assigned(team, second)
    if answer == "an alert":
        fire(team, "Latency", severity="warning", clickup_task=second)
    elif answer == "join":
        say(team, second, f"/incident join {first}")
    elif answer:
        say(team, second, answer)
    else:
        wait(team)

    assert is_assigned(team, second)


def test_each_task_that_joins_is_assigned_and_again_when_it_begins_again(
    assigning_team: Reporting,
) -> None:
    """Whoever is on call by then."""
    team = assigning_team
    tasks = [live(team, name, Model="chat") for name in (FIRST, SECOND)]
    assert all(is_assigned(team, task) for task in tasks)
    user_id = team.control.member("Maria Keller").id
    end(team, *tasks)
    for task in tasks:
        team.member.update(task, assignees={"rem": [user_id]})
        team.member.tag(task, "incident")
        team.settle()

    assert all(is_assigned(team, task) for task in tasks)


def test_who_joins_an_incident_in_question_is_assigned_with_it(assigning_team: Reporting) -> None:
    """Once, when it opens; the comment that names its room is there."""
    team = assigning_team
    live(team, FIRST)
    second, late = live(team, SECOND, Model="chat"), live(team, "Chat is empty", Model="chat")
    incident = incident_of(team, late)
    assert incident.id == incident_of(team, second).id and incident.original_id
    assert not is_assigned(team, second) and not is_assigned(team, late)
    wait(team)

    assert is_assigned(team, second) and is_assigned(team, late)
    team.bot.core.extensions.service(IncidentService).finish_answer(incident.id)
    team.settle()
    assert "Part of the incident" in comment_on(team, late)


def test_who_is_joined_to_an_incident_in_question_gets_no_second_comment(
    assigning_team: Reporting,
) -> None:
    """That incident opens, and both tasks are assigned."""
    team = assigning_team
    first, second = live(team, FIRST), live(team, SECOND)
    say(team, first, f"/incident join {second}")

    assert "part of the incident" in comment_on(team, first)
    assert is_assigned(team, first) and is_assigned(team, second)


ENDS: dict[str, Callable[[Reporting, str], object]] = {
    "untagged": lambda team, task: team.member.untag(task, "incident"),
    "closed": lambda team, task: team.member.set_status(task, "complete"),
    "deleted": lambda team, task: team.member.delete(task),
    "undone": lambda team, task: team.member.comment(task, "/undo incident"),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_question_opens_when_the_live_incident_is_over(team: Reporting, how: str) -> None:
    """It is of no use any more, and nobody else has been notified."""
    first, second = live(team, FIRST), live(team, SECOND)
    ENDS[how](team, first)
    team.settle()

    assert not incident_of(team, second).original_id
    assert incident_of(team, second).room in rooms(team)


def test_a_question_follows_the_live_incident_into_another_one(team: Reporting) -> None:
    """It is about that one now, and opens when that is over; and back, if the join is undone."""
    first, other = live(team, FIRST), live(team, "Search returns errors to all users")
    second = live(team, SECOND)
    for command, original in (("join", other), ("undo", first), ("join", other)):
        say(team, first, f"/incident join {other}" if command == "join" else "/undo")
        assert incident_of(team, second).original_id == incident_of(team, original).id
        assert f"/incident join {original}" in comment_on(team, second)
        room = "".join(messages(team, incident_of(team, original).room))
        assert f"/incident join {original}" in room
    for task in (first, other):
        team.member.untag(task, "incident")
        team.settle()

    assert incident_of(team, second).room in rooms(team)


def ask_twice(team: Reporting, name: str = THIRD) -> list[str]:
    """A live incident and two reports that may be the same; the first one opens unanswered."""
    team.control.clock.freeze()
    tasks = [live(team, title) for title in (FIRST, SECOND, name)]
    wait(team, 8 * MINUTE + MINUTE // 2)
    assert len(rooms(team)) == 2 and incident_of(team, tasks[2]).original_id
    return tasks


def test_unanswered_questions_about_one_incident_open_once(team: Reporting) -> None:
    """The later report joins the room that the first one opened, which names it."""
    _, second, third = ask_twice(team)
    late = live(team, "Chat has no answers")
    wait(team)

    incident = incident_of(team, second)
    assert {incident_of(team, task).id for task in (third, late)} == {incident.id}
    assert len(rooms(team)) == 2
    assert [team.control.task(task)["assignees"] for task in (third, late)] == [[], []]
    assert "part of the incident" in comment_on(team, third)
    assert f"/t/{third}" in messages(team, incident.room)[0]
    assert not any(
        "is reported since" in text for room in rooms(team) for text in messages(team, room)
    )


def test_an_unanswered_report_that_joins_is_assigned(assigning_team: Reporting) -> None:
    """Its comment says since when it is a part; it gets no second one."""
    _, _, third = ask_twice(assigning_team)
    assert not is_assigned(assigning_team, third)
    wait(assigning_team)

    assert is_assigned(assigning_team, third)
    assert "part of the incident" in comment_on(assigning_team, third)


def test_an_unanswered_question_that_does_not_resemble_the_first_one_opens(team: Reporting) -> None:
    """Though both ask about the same live incident."""
    second, third = ask_twice(team, "503 from the gateway of payments")[1:]
    wait(team)

    assert incident_of(team, third).id != incident_of(team, second).id
    assert len(rooms(team)) == 3


def test_a_question_joins_nothing_that_people_said_is_another_outage(team: Reporting) -> None:
    """Nobody has said so of it."""
    _, second, third = (live(team, title) for title in (FIRST, SECOND, THIRD))
    say(team, second, "/incident yes")
    wait(team)

    assert incident_of(team, third).id != incident_of(team, second).id
    assert len(rooms(team)) == 3


def test_an_outage_that_begins_again_unanswered_still_opens(team: Reporting) -> None:
    """Though the time of its first question passed while it was over."""
    live(team, FIRST)
    second = live(team, SECOND)
    team.member.untag(second, "incident")
    team.settle()
    assert team.bot.store.table(Incidents).open_of(second) is None
    wait(team, 20 * MINUTE)
    team.member.tag(second, "incident")
    team.settle()
    assert len(rooms(team)) == 1
    assert incident_of(team, second).details[QUESTION]["until_ms"] > team.bot.now_ms()
    wait(team)

    assert incident_of(team, second).room in rooms(team)


def test_an_outage_that_begins_again_opens_at_once_if_nothing_else_is_live(
    team: Reporting,
) -> None:
    """The question is of no use: the incident about which it asked is over."""
    first, second = live(team, FIRST), live(team, SECOND)
    for task in (second, first):
        team.member.untag(task, "incident")
        team.settle()
    wait(team)
    assert len(rooms(team)) == 1
    team.member.tag(second, "incident")
    team.settle()

    assert incident_of(team, second).room in rooms(team)


def test_an_alert_about_the_task_does_not_wait_for_an_answer(team: Reporting) -> None:
    """Though it fires after the question was asked: users are affected."""
    live(team, FIRST)
    second = live(team, SECOND)
    fire(team, "Latency", severity="warning", clickup_task=second)

    assert incident_of(team, second).room in rooms(team)


def test_undo_of_a_join_opens_the_room_that_was_not_there(team: Reporting) -> None:
    """Whoever undoes it says that it is another outage."""
    first, second = live(team, FIRST), live(team, SECOND)
    say(team, second, f"/incident join {first}")
    say(team, second, "/undo")

    assert incident_of(team, second).room in rooms(team)


@pytest.mark.parametrize("last", crash_steps(6, every=2))
@pytest.mark.parametrize("step", ["question", "answer"])
def test_it_asks_once_and_opens_once_wherever_the_bot_dies(
    team: Reporting, step: str, last: int
) -> None:
    """While the question is written, and while it is answered."""
    live(team, FIRST)
    second = create(team, SECOND) if step == "question" else live(team, SECOND)
    fate = Fate(last)
    team.restart(builds=mortal_builds(fate))
    if step == "question":
        team.member.tag(second, "incident")
    else:
        team.member.comment(second, "/incident yes")
    with suppress(Crash):
        team.settle()
    assert fate.steps >= last

    team.control.clock.advance(MINUTE)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        go_on(team, again)
        incident = again.store.table(Incidents).open_of(second)
        assert incident is not None
        assert bool(incident.original_id) == (step == "question")
        texts = [comment.text for comment in again.client.comments.of_task(second)]
        assert sum("Live incident" in text for text in texts) == 1
        assert len([*team.control.world.messages]) == (1 if step == "question" else 2)


@pytest.mark.parametrize("last", crash_steps(20, every=6))
def test_an_undo_of_the_live_incident_opens_what_asked_wherever_the_bot_dies(
    team: Reporting, last: int
) -> None:
    """At once, not when its time is over."""
    first, second = live(team, FIRST), live(team, SECOND)
    until_ms = incident_of(team, second).details[QUESTION]["until_ms"]
    fate = Fate(last)
    team.restart(builds=mortal_builds(fate))
    team.member.comment(first, "/undo incident")
    with suppress(Crash):
        team.settle()
    assert fate.steps >= last

    team.control.clock.advance(MINUTE)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        go_on(team, again)
        incident = again.store.table(Incidents).open_of(second)
        assert again.store.table(Incidents).open_of(first) is None
        assert incident is not None and not incident.original_id
        assert again.now_ms() < until_ms
