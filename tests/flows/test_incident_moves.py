"""People say which tasks are one incident: `/incident join`, `/incident split`, and undo."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from clickup_mlops.bot.write.undo import targets
from clickup_mlops.bot.write.undo.undoing import UndoRequest
from clickup_mlops.features.incidents.package import IncidentsPackage
from clickup_mlops.features.incidents.service import IncidentService
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.features.undo.package import UndoPackage
from tests.flows.conftest import build
from tests.flows.test_commands import say
from tests.flows.test_executor import Crash, Fate, go_on
from tests.flows.test_incident_crashes import mortal_builds
from tests.flows.test_incidents import comments, messages, names, pages
from tests.flows.test_integrations import Reporting
from tests.flows.test_one_outage import create, incidents, rooms, team
from tests.soak import crash_steps

__all__ = ["team"]

FIRST, SECOND, THIRD = "Chat is slow", "Search has no answers", "Ranking times out"
MINUTE = 60_000


def live(team: Reporting, name: str, **fields: str) -> str:
    """A live incident that a person reports."""
    task = create(team, name, **fields)
    team.member.tag(task, "incident")
    team.settle()
    team.control.clock.advance(MINUTE)
    return task


def incident_of(team: Reporting, task: str) -> Incident:
    """The open incident of the task."""
    incident = team.bot.store.table(Incidents).open_of(task)
    assert incident is not None
    return incident


def end(team: Reporting, *tasks: str) -> None:
    """Users are not affected any more."""
    team.control.clock.advance(10 * MINUTE)
    for task in tasks:
        team.member.untag(task, "incident")
        team.settle()


def undo(team: Reporting, task: str) -> set[str]:
    """Undo what the command `/incident` did last on the task; what became of each change."""
    entries = targets.find(team.bot.store.audit, "/incident", since_ms=0, task_id=task)
    last = [
        entry
        for entry in entries
        if entry.run == entries[-1].run and not entry.kind.startswith("reply:")
    ]
    results = [
        *team.bot.get(UndoPackage).undoing.run(
            last, UndoRequest(f"undo-{team.bot.now_ms()}", "ana")
        )
    ]
    team.settle()
    return {result.state for result in results}


FORMS: dict[str, Callable[[Reporting, str], str]] = {
    "id": lambda _team, task: task,
    "hash": lambda _team, task: f"#{task}",
    "url": lambda team, task: str(team.control.task(task)["url"]),
    "custom": lambda team, task: str(team.bot.client.tasks.get(task).custom_id),
    "custom url": lambda team, task: (
        f"https://app.clickup.com/t/{team.sandbox.team_id}/{FORMS['custom'](team, task)}"
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_an_incident_is_joined_to_another_one(team: Reporting, form: str) -> None:
    """One room remains, which the other one names, and one post-mortem with both timelines."""
    first, second = live(team, FIRST), live(team, SECOND)
    source, target = incident_of(team, second), incident_of(team, first)
    team.control.ui_actions.set_task_prefix("Team", "ML")
    (reply,) = say(team, second, f"/incident join {FORMS[form](team, first)}")

    assert f"part of the incident {FIRST}" in reply.replace("*", "")
    assert f"incident-{first}" in reply
    assert [incident_of(team, task).id for task in (first, second)] == [target.id, target.id]
    assert [incident.id for incident in incidents(team)] == [target.id]
    *_, directions = messages(team, source.room)
    assert FIRST in directions and target.room in directions

    end(team, second)
    assert pages(team) == {}
    end(team, first)
    ((page, text),) = pages(team).items()
    assert target.id in page
    assert f"The incident began: {SECOND}" in text
    assert sum("Finish the post-mortem" in name for name in names(team)) == 1


def test_the_incident_is_open_since_the_first_of_both_began(team: Reporting) -> None:
    """Whichever is joined to the other one."""
    first, second = live(team, FIRST), live(team, SECOND)
    opened_ms = incident_of(team, first).opened_ms
    say(team, first, f"/incident join {second}")

    assert incident_of(team, first).opened_ms == opened_ms
    assert incident_of(team, first).task_id == second


def test_all_tasks_of_the_incident_move(team: Reporting) -> None:
    """And whoever reports the same joins the one that goes on."""
    first = live(team, FIRST)
    tasks = [live(team, name, Model="finder") for name in (SECOND, THIRD)]
    say(team, tasks[1], f"/incident join {first}")
    late = live(team, "Chat again", Model="finder")

    assert {incident_of(team, task).id for task in (*tasks, late)} == {incident_of(team, first).id}
    assert len(rooms(team)) == 2


def test_a_task_without_an_incident_joins_one(team: Reporting) -> None:
    """It is live from now on."""
    first, task = live(team, FIRST), create(team, SECOND)
    team.settle()
    say(team, task, f"/incident join {first} because it is the same gateway")

    assert incident_of(team, task).id == incident_of(team, first).id
    assert "incident" in team.bot.client.tasks.get(task).tags
    assert len(rooms(team)) == 1

    end(team, first, task)
    assert len(pages(team)) == 1


@pytest.mark.parametrize("model", ["", "chat"])
def test_a_task_is_split_from_its_incident(team: Reporting, model: str) -> None:
    """It gets a room and a post-mortem of its own, and does not join again by itself."""
    first, second = live(team, FIRST, Model="chat"), live(team, SECOND, Model="chat")
    (reply,) = say(team, second, "/incident split")

    assert f"incident-{second}" in reply
    split_incident = incident_of(team, second)
    assert (split_incident.title, split_incident.room, split_incident.lead) == (
        SECOND,
        f"incident-{second}",
        "Jonas Weber",
    )
    assert sorted(rooms(team)) == sorted([f"incident-{first}", f"incident-{second}"])
    assert SECOND in messages(team, split_incident.room)[0]

    end(team, second, first)
    assert len(pages(team)) == 2
    team.member.tag(second, "incident")
    team.settle()
    assert incident_of(team, second).id == split_incident.id


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("/incident join", "which task's incident?"),
        ("/incident join nosuchtask", "There is no task `nosuchtask`"),
        ("/incident join {calm}", "part of no open incident: write `/incident yes` there first"),
    ],
)
def test_what_cannot_be_done_is_answered(team: Reporting, command: str, problem: str) -> None:
    """And nothing changes."""
    task, calm = live(team, FIRST), create(team, "Quarterly report")
    team.settle()
    before = incident_of(team, task)
    (reply,) = say(team, task, command.format(calm=calm))

    assert problem.replace("`", "") in reply.replace("`", "")
    assert incident_of(team, task) == before


def test_the_first_task_of_an_incident_cannot_be_split(team: Reporting) -> None:
    """Its room and its post-mortem belong to it; nor can a task of none."""
    first, _second = live(team, FIRST, Model="chat"), live(team, SECOND, Model="chat")
    assert "began with this task" in say(team, first, "/incident split")[0]
    calm = create(team, "Quarterly report")
    team.settle()
    assert "part of no open incident" in say(team, calm, "/incident split")[0]


def test_undo_of_a_join_gives_the_incident_back(team: Reporting) -> None:
    """With its tasks, its time and its room; the message that led to the other room is removed."""
    first = live(team, FIRST)
    tasks = [live(team, name, Model="ranker") for name in (SECOND, THIRD)]
    before, target = incident_of(team, tasks[0]), incident_of(team, first)
    texts = messages(team, before.room)
    say(team, tasks[0], f"/incident join {first}")
    assert undo(team, tasks[0]) == {"undone"}
    assert {incident_of(team, task).id for task in tasks} == {before.id}
    assert incident_of(team, tasks[0]).opened_ms == before.opened_ms
    assert (incident_of(team, first).id, incident_of(team, first).opened_ms) == (
        target.id,
        target.opened_ms,
    )
    assert messages(team, before.room) == texts
    late = live(team, "Chat again", Model="ranker")
    assert incident_of(team, late).id == before.id


def test_undo_of_a_split_puts_the_task_back(team: Reporting) -> None:
    """The incident of its own is a part of the other one, and gets no post-mortem."""
    first, second = live(team, FIRST, Model="chat"), live(team, SECOND, Model="chat")
    say(team, second, "/incident split")
    assert undo(team, second) == {"undone"}
    assert incident_of(team, second).id == incident_of(team, first).id
    end(team, first, second)
    assert len(pages(team)) == 1


def test_an_undo_that_comes_too_late_is_refused(team: Reporting) -> None:
    """The incident is over: nothing opens again."""
    first, second = live(team, FIRST), live(team, SECOND)
    say(team, second, f"/incident join {first}")
    end(team, first, second)
    (change,) = (
        row.id
        for row in team.bot.store.journal.list(task_id=second, limit=100)
        if row.kind == "incident" and "merge" in (row.after or {})
    )
    assert "Left as it is" in say(team, second, f"/undo {change}")[0]
    assert team.bot.store.table(Incidents).open_of(second) is None


@pytest.mark.parametrize(
    ("how", "last"), [("untag", 11), ("untag", 13), ("delete", 3), ("delete", 5)]
)
def test_a_task_that_leaves_is_told_wherever_the_bot_dies(
    team: Reporting, how: str, last: int
) -> None:
    """On itself, and where the incident goes on."""
    first, second = live(team, FIRST, Model="chat"), live(team, SECOND, Model="chat")
    fate = Fate(last)
    team.restart(builds=mortal_builds(fate))
    team.member.untag(second, "incident") if how == "untag" else team.member.delete(second)
    with suppress(Crash):
        team.settle()
    assert fate.steps == last
    team.bot.store.database.forget_deferred()  # it died with the process

    team.control.clock.advance(MINUTE)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        go_on(team, again)
        assert again.store.table(Incidents).open_of(second) is None
        incident = again.store.table(Incidents).open_of(first)
        assert incident is not None and "leaving" not in incident.details
        (message,) = (message.content for message in team.control.world.messages)
        assert SECOND not in message
        if how == "untag":
            assert "affected no longer" in texts_about(team, second)
        entries = again.store.timeline.of_kind(team.sandbox.team_id, "incident", 0, 2**62)
        assert [entry.value["to"] for entry in entries] == ["opened", "joined", "left"]


def test_a_task_that_leaves_while_it_is_moved_ends_the_incident_that_it_is_in(
    team: Reporting,
) -> None:
    """The end was planned when it was part of the other one."""
    first, second = live(team, FIRST), live(team, SECOND)
    incident = incident_of(team, second)
    say(team, second, f"/incident join {first}")
    service = team.bot.core.extensions.service(IncidentService)
    service.leave(second, {"incident": incident.id})
    service.leave(second, {"incident": incident.id})

    assert team.bot.store.table(Incidents).open_of(second) is None
    assert incident_of(team, first).is_open
    service.leave(first, {"incident": incident_of(team, first).id})
    assert team.bot.store.table(Incidents).open(team.sandbox.team_id, 9) == []


STEPS = {"join": 46, "split": 44}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "last"),
    [*crash_steps(STEPS["join"], "join", every=6), *crash_steps(STEPS["split"], "split", every=6)],
)
def test_it_is_done_once_wherever_the_bot_dies(team: Reporting, command: str, last: int) -> None:
    """Store, journal, events and calls: before and after each."""
    model = {"Model": "chat"} if command == "split" else {}
    first, second = live(team, FIRST, **model), live(team, SECOND, **model)
    fate = Fate(last)
    team.restart(builds=mortal_builds(fate))
    text = f"/incident join {first}" if command == "join" else "/incident split"
    comment = team.member.comment(second, text)
    with suppress(Crash):
        team.settle()
    assert fate.steps >= last

    team.control.clock.advance(MINUTE)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        go_on(team, again)
        store = again.store
        theirs = [store.table(Incidents).open_of(task) for task in (first, second)]
        assert all(theirs)
        assert len({incident.id for incident in theirs if incident}) == (
            1 if command == "join" else 2
        )
        assert len(again.client.comments.replies(comment)) == 1
        assert store.inbox.depth(again.now_ms()).parked == 0
        assert store.journal.unfinished() == []
        entries = store.timeline.of_task(second, 0, 2**62)
        about = [entry.value["to"] for entry in entries if entry.kind == "incident"]
        assert about.count("joined") == 1
        assert about.count("opened") == 1
    directed = [
        message
        for message in team.sandbox.world.messages
        if "is a part of another one" in message.content
    ]
    assert len(directed) == (command == "join")


def texts_about(team: Reporting, task: str) -> str:
    """All comments on the task."""
    return "\n".join(comments(team, task)).replace("\\", "")


def test_what_is_written_of_a_joined_incident_says_where_it_goes_on(team: Reporting) -> None:
    """Comment and message are not "live" for ever, nor do they say when the target is over."""
    first, tasks = live(team, FIRST), [live(team, n, Model="finder") for n in (SECOND, THIRD)]
    room, target = incident_of(team, tasks[0]).room, incident_of(team, first)
    assert "Live incident" in texts_about(team, tasks[0])
    say(team, tasks[0], f"/incident join {first}")

    for text in ("\n".join(messages(team, room)), *(texts_about(team, task) for task in tasks)):
        assert "Live incident" not in text
        assert target.room in text and FIRST in text
    end(team, *tasks, first)
    assert "Live incident" not in "\n".join(messages(team, room))


def test_a_join_is_said_once_on_each_task(team: Reporting) -> None:
    """In the comment about its incident, which is changed in place, also when the task leaves."""
    first, tasks = live(team, FIRST), [live(team, n, Model="finder") for n in (SECOND, THIRD)]
    count = {task: len(comments(team, task)) for task in tasks}
    say(team, tasks[0], f"/incident join {first}")

    assert len(comments(team, tasks[0])) == count[tasks[0]] + 1  # the command
    assert len(comments(team, tasks[1])) == count[tasks[1]]
    end(team, *tasks)
    for task in tasks:
        assert "affected no longer" in texts_about(team, task)
        assert "is part of the incident" not in texts_about(team, task)


@pytest.mark.parametrize("last", [23, 27])
def test_undo_of_a_join_gives_comments_and_messages_back(team: Reporting, last: int) -> None:
    """Those of the incident that was joined, and no task says that it is part of the target;
    wherever the bot dies.
    """
    first, tasks = live(team, FIRST), [live(team, n, Model="finder") for n in (SECOND, THIRD)]
    say(team, tasks[0], f"/incident join {first}")
    fate = Fate(last)
    team.restart(builds=mortal_builds(fate))
    team.member.comment(tasks[0], "/undo")
    with suppress(Crash):
        team.settle()
    assert fate.steps >= last
    team.bot.store.database.forget_deferred()  # it died with the process
    team.control.clock.advance(MINUTE)
    team.restart(builds=mortal_builds(Fate(0)))
    go_on(team, team.bot)

    own_room = f"incident-{tasks[0]}"
    assert "Live incident" in texts_about(team, tasks[0])
    for task in tasks:
        about_target = [text for text in comments(team, task) if f"incident-{first}" in text]
        assert about_target == []
        assert own_room in texts_about(team, task)
    assert "art of the incident" not in texts_about(team, tasks[0])
    assert f'Part of the incident "{SECOND}"' in texts_about(team, tasks[1])
    assert SECOND not in messages(team, f"incident-{first}")[0]
    assert f"/t/{tasks[0]}" not in messages(team, f"incident-{first}")[0]


@pytest.mark.parametrize(
    ("command", "words"),
    [("join", "an incident of its own"), ("split", "a part of the other incident")],
)
def test_the_answer_to_an_undo_says_what_it_is_now_in_words(
    team: Reporting, command: str, words: str
) -> None:
    model = "chat" if command == "split" else "search"
    first, second = live(team, FIRST, Model="chat"), live(team, SECOND, Model=model)
    say(team, second, f"/incident {command} {first if command == 'join' else ''}")

    (answer,) = say(team, second, "/undo")

    assert words in answer
    assert "{" not in answer


def test_a_task_that_is_split_is_no_part_of_the_incident_for_readers(team: Reporting) -> None:
    """Neither its comment nor the incident's message say so; undo gives both back."""
    first, second = live(team, FIRST, Model="chat"), live(team, SECOND, Model="chat")
    assert f"/t/{second}" in messages(team, f"incident-{first}")[0]
    say(team, second, "/incident split")
    assert "Live incident" in texts_about(team, second)
    assert f"incident-{first}" not in texts_about(team, second)
    assert f"/t/{second}" not in messages(team, f"incident-{first}")[0]

    undo(team, second)
    assert "Live incident" not in texts_about(team, second)
    assert f"incident-{first}" in texts_about(team, second)
    assert f"/t/{second}" in messages(team, f"incident-{first}")[0]
    assert "Live incident" not in messages(team, f"incident-{second}")[0]


@pytest.mark.parametrize("position", [0, 1])
def test_who_asks_for_the_status_of_a_task_that_left_hears_that_it_left(
    team: Reporting, position: int
) -> None:
    """Whether it had joined, or the incident began with it: the incident goes on without it."""
    tasks = [live(team, FIRST, Model="chat"), live(team, SECOND, Model="chat")]
    end(team, tasks[position])

    (left,) = say(team, tasks[position], "/incident status")
    (status,) = say(team, tasks[1 - position], "/incident status")

    assert left.startswith("This task has left its incident, which goes on in")
    assert FIRST in left
    assert status.startswith("Live incident since")


def test_a_task_that_is_affected_no_longer_says_that_the_incident_goes_on(team: Reporting) -> None:
    """The last one says that it is over, not that it is a part of it."""
    names = (FIRST, SECOND, THIRD)
    first, second, third = (live(team, name, Model="chat") for name in names)
    end(team, second)
    assert "affected no longer" in texts_about(team, second)
    assert incident_of(team, first).is_open
    end(team, first, third)
    assert "Part of the incident" not in texts_about(team, third)
    assert f"was part of the incident {FIRST}, which is over" in texts_about(team, third)


@pytest.mark.parametrize("again", [False, True])
def test_a_task_that_was_split_off_or_deleted_need_not_be_refused(
    team: Reporting, again: bool
) -> None:
    """One that people joined to it again must be."""
    first, second, third = (live(team, name, Model="chat") for name in (FIRST, SECOND, THIRD))
    say(team, second, "/incident split")
    team.member.delete(third)
    team.settle()
    end(team, second)
    if again:
        say(team, second, f"/incident join {first}")
        end(team, second)
    say(team, first, "/incident no a load test")

    assert ("It was no incident" in messages(team, f"incident-{first}")[0]) is not again
    assert names(team)[f"Finish the post-mortem: {FIRST}"] == again


def test_an_incident_that_became_a_part_is_not_over_when_a_task_had_left_it(
    team: Reporting,
) -> None:
    """The bot dies before it said that the task left, and people join the incident meanwhile."""
    first, second = live(team, FIRST, Model="chat"), live(team, SECOND, Model="chat")
    third, source = live(team, THIRD), incident_of(team, first)
    team.bot.store.table(Incidents).leave(source.id, second, team.bot.now_ms())
    say(team, first, f"/incident join {third}")
    team.bot.get(IncidentsPackage).service.finish_leave(second, {"incident": source.id})
    team.settle()

    entries = team.bot.store.timeline.of_task(first, 0, 2**62)
    assert "closed" not in [entry.value.get("to") for entry in entries]
    assert pages(team) == {}
    entries = team.bot.store.timeline.of_task(second, 0, 2**62)
    assert "left" in [entry.value.get("to") for entry in entries]
