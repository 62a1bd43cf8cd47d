"""An incident from the alert to the post-mortem: one room, whoever joins and however it flaps."""

import re
import sys
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from icalendar import Calendar
from werkzeug.test import Client

from clickup_mlops.automations.model import Change
from clickup_mlops.bot.write.undo import targets
from clickup_mlops.bot.write.undo.undoing import UndoRequest
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.features.undo.package import UndoPackage
from clickup_mlops.interfaces.web.app import create_app
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.tables.history import Series
from clickup_mlops.store.tables.timeline import Entry
from tests.flows.conftest import INFERENCE, LIST, Team, build, receiving, settings_for
from tests.ports import BoundPort

MINUTE, HOUR = 60_000, 3_600_000
ROOMS = ("live_incident", "incident_room", "incident_joined", "incident_update", "incident_review")
SETTINGS: dict[str, dict[str, Any]] = {
    "live_incident": {
        "lead": "on_call",
        "roles": ["Communications: Maria"],
        "call_url": "https://meet.jit.si/incident-${task.id}",
        "runbook": "https://wiki.example.org/ranker",
    },
    "incident_review": {"doc": "Post-mortems", "list": "Inbox", "shortest": "PT0S"},
}


def built(sandbox: Sandbox, folder: Path, **live: Any) -> Any:
    """What a team is made of: settings with these of `live_incident`, and the port."""
    port = BoundPort()
    settings = {**SETTINGS, "live_incident": SETTINGS["live_incident"] | live}
    table = {"token": "t", "type": "event", "key": "id", "find": {"name": "name"}}
    chosen = {name: {"mode": "on", "settings": settings.get(name, {})} for name in ROOMS}
    tables = {
        "automations": {"by_name": chosen},
        "people": {"on_call": ["Jonas"]},
        "integrations": {"alertmanager": table},
    }
    return settings_for(sandbox, folder, port, **tables), port


@pytest.fixture
def team(
    clickup_sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Team]:
    """Jonas is on call; Alertmanager reports by the task's name."""
    clickup_sandbox.control.create_field("Model", "short_text")
    settings, port = built(clickup_sandbox, tmp_path, **getattr(request, "param", {}))
    clock = clickup_sandbox.control.clock.now_ms
    with ExitStack() as running:
        bot = running.enter_context(build(settings, clock=clock))
        team = Team(clickup_sandbox, bot, clock=clock)
        running.callback(lambda: team.bot.__exit__(None, None, None))
        running.enter_context(receiving(team.receiver, port))
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        yield team


def report(team: Team, event: str, name: str, number: int) -> None:
    """Alertmanager reports about the task of that name."""
    labels = {"severity": "critical"}
    body = {"event": event, "name": name, "id": number, "commonLabels": labels}
    head = {"Authorization": "Bearer t"}
    response = Client(create_app(team.bot)).post(
        "/hooks/in/alertmanager", data=orjson.dumps(body), headers=head
    )
    assert response.status_code == 200
    team.settle()


def task_about(team: Team, name: str, model: str) -> str:
    """A task about that model."""
    task = team.member.create_task(LIST, name)
    team.member.set_field(task, "Model", model)
    team.settle()
    return task


def messages(team: Team, channel: str) -> list[str]:
    """The texts in the channel, oldest first, each with `> ` if it stands in a thread."""
    chat, workspace = team.bot.client.chat, team.sandbox.team_id
    place = next(room.id for room in chat.channels(workspace) if room.name == channel)
    texts = []
    for message in reversed([*chat.messages(workspace, place)]):
        texts.append(message.content)
        texts += [
            f"> {reply.content}" for reply in reversed([*chat.replies(workspace, message.id)])
        ]
    return texts


def comments(team: Team, task: str) -> list[str]:
    """The comments on the task, newest first."""
    return [comment.text for comment in team.bot.client.comments.of_task(task)]


def names(team: Team) -> Counter[str]:
    """How many tasks there are of each name."""
    return Counter(task.name for task in team.control.tasks)


def pages(team: Team) -> dict[str, str]:
    """The texts of the pages of the doc, by name."""
    docs, workspace = team.bot.client.docs, team.sandbox.team_id
    folders = [doc for doc in docs.all(workspace) if doc.name == "Post-mortems"]
    assert len(folders) <= 1
    return {page.name: page.content for doc in folders for page in docs.texts(workspace, doc.id)}


def test_an_incident_has_one_room_from_the_alert_to_the_post_mortem(team: Team) -> None:
    """One message and one comment with call, runbook, lead and roles, kept up to date; page, tasks
    and link at the end.
    """
    task = task_about(team, INFERENCE, "ranker")
    report(team, "firing", INFERENCE, 1)

    (incident,) = team.bot.store.table(Incidents).between(
        team.sandbox.team_id, 0, team.bot.now_ms() + 1
    )
    assert (incident.title, incident.key, incident.lead, incident.is_open) == (
        INFERENCE,
        "ranker",
        "Jonas Weber",
        True,
    )
    assert incident.details["roles"] == {"Communications": team.control.member("Maria").username}
    (first,) = messages(team, f"incident-{task}")
    assert INFERENCE in first
    assert "**Lead:** [@Jonas Weber](#user_mention#" in first.replace("\\", "")
    for address in (f"(https://meet.jit.si/incident-{task})", "(https://wiki.example.org/ranker)"):
        assert first.count(address) == 1
    (comment,) = comments(team, task)
    assert "Live incident since" in comment
    assert "Lead: Jonas Weber" in comment
    assert [assignee["username"] for assignee in team.control.task(task)["assignees"]] == [
        "Jonas Weber"
    ]
    (file,) = team.control.task(task)["attachments"]
    assert file["title"] == f"{incident.id}.ics"

    team.control.clock.advance(30 * MINUTE)
    report(team, "resolved", INFERENCE, 2)
    (over,) = messages(team, f"incident-{task}")
    assert "**The incident is over** after 30 min" in over
    (comment,) = comments(team, task)
    assert "The incident is over" in comment
    ((page, text),) = pages(team).items()
    assert incident.id in page
    assert "**Duration:** 30 min" in text
    assert "The incident began" in text
    assert names(team)[f"Finish the post-mortem: {INFERENCE}"] == 1
    assert names(team)[f"What would have shortened it: {INFERENCE}"] == 1
    review = team.control.find(f"Finish the post-mortem: {INFERENCE}").id
    assert [assignee["username"] for assignee in team.control.task(review)["assignees"]] == [
        "Jonas Weber"
    ]
    assert team.bot.client.tasks.get(review).links == (task,)


def test_a_duplicate_joins_the_room_and_the_incident_ends_with_the_last_task(team: Team) -> None:
    """A second task about the same model opens no second room."""
    first = task_about(team, INFERENCE, "ranker")
    second = task_about(team, f"{INFERENCE}, again", "ranker")
    report(team, "firing", INFERENCE, 1)
    report(team, "firing", f"{INFERENCE}, again", 2)

    (message,) = messages(team, f"incident-{first}")
    assert "Also affected" in message
    assert f"(https://app.clickup.com/t/{second})" in message
    (comment,) = comments(team, second)
    assert f"incident-{first}" in comment
    assert team.control.task(second)["attachments"] == []

    report(team, "resolved", INFERENCE, 3)
    assert pages(team) == {}
    report(team, "resolved", f"{INFERENCE}, again", 4)
    assert len(pages(team)) == 1
    channels = [channel.name for channel in team.bot.client.chat.channels(team.sandbox.team_id)]
    assert f"incident-{second}" not in channels


def test_the_follow_up_of_an_incident_is_no_incident(team: Team) -> None:
    """Its name repeats that of the incident, which reads like an outage."""
    outage = "Chat endpoint is down for all users right now"
    task = team.member.create_task(LIST, outage)
    team.settle()
    team.member.untag(task, "incident")
    team.settle()

    assert names(team)[f"What would have shortened it: {outage}"] == 1
    assert names(team)[f"Finish the post-mortem: {outage}"] == 1
    incidents = team.bot.store.table(Incidents).between(
        team.sandbox.team_id, 0, team.bot.now_ms() + 1
    )
    assert [incident.title for incident in incidents] == [outage]
    task_ids = [other_task.id for other_task in team.control.tasks if other_task.id != task]
    assert 1 not in [team.priority(task_id) for task_id in task_ids]


@pytest.mark.parametrize("url", ["https://bot.example.org/", ""])
def test_the_draft_names_the_charts_of_every_task(team: Team, url: str) -> None:
    """As links to the dashboard if people can reach it, and with the command that draws them."""
    dashboard = DashboardSettings(enabled=bool(url), public_url=url)
    team.restart(team.bot.settings.model_copy(update={"dashboard": dashboard}))
    tasks = [task_about(team, name, "ranker") for name in (INFERENCE, f"{INFERENCE}, again")]
    report(team, "firing", INFERENCE, 1)
    report(team, "firing", f"{INFERENCE}, again", 2)
    workspace, now = team.sandbox.team_id, team.bot.now_ms()
    series = [Series(workspace, "vllm", "p99", "", task, "P99 [ms]", "ms") for task in tasks]
    team.bot.store.history.put([(chart, now, 900.0) for chart in series])
    report(team, "resolved", INFERENCE, 3)
    report(team, "resolved", f"{INFERENCE}, again", 4)

    ((_page, text),) = pages(team).items()
    numbers, _, charts = text.partition("## Charts")
    assert [part.count("P99 \\[ms\\]: ") for part in (numbers, charts)] == [2, 2]
    for task in tasks:
        assert (f"({url}dashboard/model?target={task}&range=30d)" in text) == bool(url)
    assert "report build incident --period" in text


@pytest.mark.parametrize("extra", [True, False])
def test_the_task_of_an_incident_gets_a_picture_of_its_charts(
    team: Team, monkeypatch: pytest.MonkeyPatch, extra: bool
) -> None:
    """Of what was measured up to its end; without the extra `pictures` the draft has links only."""
    if extra:
        pytest.importorskip("resvg_py")
    else:
        monkeypatch.setitem(sys.modules, "resvg_py", None)
    task = task_about(team, INFERENCE, "ranker")
    report(team, "firing", INFERENCE, 1)
    series = Series(team.sandbox.team_id, "vllm", "p99", "", task, "P99 latency ms", "ms")
    team.bot.store.history.put([(series, team.bot.now_ms() - n * MINUTE, 9.0) for n in range(9)])
    report(team, "resolved", INFERENCE, 2)

    incident = team.bot.store.table(Incidents).latest_of(task)
    assert incident is not None
    attached = [file["title"] for file in team.control.task(task)["attachments"]]
    pictures = [f"{incident.id}.png"] if extra else []
    assert sorted(attached) == [f"{incident.id}.ics", *pictures]
    rows = team.bot.store.journal.list(task_id=task, limit=100)
    files = [row.after for row in rows if row.kind.startswith("attachment:incident_review")]
    assert [b64decode(file["base64"])[:4] for file in files] == [b"\x89PNG"] * extra
    assert "P99 latency ms" in "".join(pages(team).values())


def test_a_message_that_a_person_has_deleted_is_posted_anew(team: Team) -> None:
    """And its comment, when they have changed; the new ones are kept up to date."""
    task = task_about(team, INFERENCE, "ranker")
    report(team, "firing", INFERENCE, 1)
    world = team.control.world
    for _ in range(2):
        (message,), (comment,) = world.messages, world.comments
        team.bot.client.chat.delete(team.sandbox.team_id, message.id)
        team.bot.client.comments.delete(comment.id)
        status = "in progress" if message.content.find("in progress") < 0 else "to do"
        team.member.set_status(task, status)
        team.settle()
        team.control.clock.advance(30 * MINUTE)
        team.settle()
        (message,), (comment,) = world.messages, world.comments
        assert status in message.content
    report(team, "resolved", INFERENCE, 2)
    assert "is over" in messages(team, f"incident-{task}")[0]
    assert len(comments(team, task)) == 1


@pytest.mark.parametrize("team", [{"channel": "incidents", "lead": ""}], indirect=True)
def test_a_channel_has_one_message_about_each_incident(team: Team) -> None:
    """It says whether users are affected still; without a lead it is an incident all the same."""
    task_about(team, INFERENCE, "ranker")
    for number in range(0, 6, 2):
        report(team, "firing", INFERENCE, number)
        (text,) = messages(team, "incidents")
        assert text.startswith("Live incident")
        team.control.clock.advance(5 * MINUTE)
        report(team, "resolved", INFERENCE, number + 1)
        (text,) = messages(team, "incidents")
        assert text.startswith("Resolved")
    team.control.clock.advance(2 * HOUR)
    task_about(team, f"{INFERENCE}, again", "ranker")
    report(team, "firing", INFERENCE, 7)
    report(team, "firing", f"{INFERENCE}, again", 8)
    assert [text[:8] for text in messages(team, "incidents")] == ["Resolved", "Live inc"]


def test_an_alert_that_flaps_makes_one_incident_and_one_draft(team: Team) -> None:
    """What people have written in the draft stays."""
    task = task_about(team, INFERENCE, "ranker")
    for number in range(0, 8, 2):
        report(team, "firing", INFERENCE, number)
        team.control.clock.advance(5 * MINUTE)
        report(team, "resolved", INFERENCE, number + 1)
        if number == 0:
            docs, workspace = team.bot.client.docs, team.sandbox.team_id
            (doc,) = docs.all(workspace)
            (page,) = docs.pages(workspace, doc.id)
            docs.edit_page(workspace, doc.id, page.id, markdown="We found the cause.")
        team.control.clock.advance(5 * MINUTE)

    (incident,) = team.bot.store.table(Incidents).between(
        team.sandbox.team_id, 0, team.bot.now_ms() + 1
    )
    assert not incident.is_open
    assert [*pages(team).values()] == ["We found the cause."]
    texts = messages(team, f"incident-{task}")
    assert len(texts) == 1
    assert "It began again 3 times." in texts[0]
    assert len(comments(team, task)) == 1
    assert names(team)[f"Finish the post-mortem: {INFERENCE}"] == 1
    assert len(team.control.task(task)["attachments"]) == 1


def test_after_its_window_it_is_another_incident(team: Team) -> None:
    """With a page of its own."""
    task_about(team, INFERENCE, "ranker")
    for number in (0, 2):
        report(team, "firing", INFERENCE, number)
        team.control.clock.advance(10 * MINUTE)
        report(team, "resolved", INFERENCE, number + 1)
        team.control.clock.advance(2 * HOUR)

    assert len(pages(team)) == 2
    assert names(team)[f"Finish the post-mortem: {INFERENCE}"] == 2


@pytest.mark.parametrize("team", [{"room": "incidents", "thread": True}], indirect=True)
def test_incidents_can_share_a_channel_with_a_thread_for_each(team: Team) -> None:
    """The message of an incident is the head of its thread; other messages stand in it."""
    task_about(team, INFERENCE, "ranker")
    task_about(team, f"{INFERENCE} 2", "chat")
    report(team, "firing", INFERENCE, 1)
    report(team, "firing", f"{INFERENCE} 2", 2)
    report(team, "resolved", INFERENCE, 3)

    texts = messages(team, "incidents")
    assert ["The incident is over" in text for text in texts] == [True, False]
    assert [text.count("**Call:**") for text in texts] == [1, 1]


def test_updates_keep_their_rhythm_and_write_only_what_changed(team: Team) -> None:
    """What came due while the bot was away is made up for once; after the end none is due."""
    task = task_about(team, INFERENCE, "ranker")
    report(team, "firing", INFERENCE, 1)

    def updates() -> int:
        rows = team.bot.store.journal.list(task_id=task, limit=100)
        return sum(row.automation == "incident_update" for row in rows)

    counts = []
    for _ in range(3):
        team.control.clock.advance(30 * MINUTE)
        team.settle()
        counts.append(updates())
    assert counts == [0, 0, 0]
    team.member.set_status(task, "in progress")
    team.settle()
    team.control.clock.advance(5 * HOUR)
    team.settle()
    team.settle()
    assert updates() == 2  # message and comment
    (message,) = messages(team, f"incident-{task}")
    assert "in progress" in message
    report(team, "resolved", INFERENCE, 2)
    assert updates() == 6  # the alert is resolved; it is over
    team.control.clock.advance(2 * HOUR)
    team.settle()
    assert updates() == 6
    assert team.bot.store.waiting.next_due_ms() is None


def test_an_update_that_is_not_due_yet_is_no_backlog(team: Team) -> None:
    """Else each open incident would fire the alert that no event is handled."""
    task_about(team, INFERENCE, "ranker")
    report(team, "firing", INFERENCE, 1)
    team.control.clock.advance(29 * MINUTE)

    backlog = team.bot.store.stats.backlog(team.bot.now_ms())

    assert (backlog.ready, backlog.waiting, backlog.oldest_ms) == (0, 1, None)


def test_news_and_numbers_come_from_the_store(team: Team) -> None:
    """What people and tools wrote makes no mark, link or mention."""
    task, workspace = task_about(team, INFERENCE, "ranker"), team.sandbox.team_id
    now = team.bot.now_ms()
    series = Series(workspace, "llm", "p99", "", task, "P99 latency ms", "ms")
    team.bot.store.history.put([(series, now - MINUTE, 210.0)])
    report(team, "firing", INFERENCE, 1)
    now = team.bot.now_ms()
    hostile = "[click](https://evil.example) **now** @channel"
    entries = [
        Entry("e1", workspace, task, now - HOUR, "deployment", "ranker v7 rolled out"),
        Entry("e2", workspace, task, now - HOUR, "comment", "an old comment"),
        Entry("e3", workspace, task, now + MINUTE, "comment", hostile, "Eve"),
        Entry("e4", workspace, task, now + MINUTE, "status", "Status: a", value={"to": "a"}),
    ]
    team.bot.store.timeline.put(entries)
    values = ((5, 940.0), (10, 205.0))
    team.bot.store.history.put([(series, now + minute * MINUTE, value) for minute, value in values])
    team.control.clock.advance(30 * MINUTE)
    team.settle()

    (update,) = messages(team, f"incident-{task}")
    assert "\\[click\\](https://evil.example)" in update
    assert "**now**" not in update
    assert "Eve" in update
    assert "an old comment" not in update
    report(team, "resolved", INFERENCE, 2)
    ((_, text),) = pages(team).items()
    assert "ranker v7 rolled out" in text
    assert "an old comment" not in text
    assert "**P99 latency ms:** 210 before, 205 to 940 during, 205 last ms" in text
    assert "**First comment by a person after:** 1 min" in text
    assert "Changes of status" not in text


def test_the_invitation_is_a_calendar_file(team: Team) -> None:
    """As calendars read it: who organises, who is invited, where and when."""
    task = task_about(team, INFERENCE, "ranker")
    report(team, "firing", INFERENCE, 1)

    rows = team.bot.store.journal.list(task_id=task, limit=100)
    (row,) = (row for row in rows if row.kind.startswith("attachment:"))
    (event,) = Calendar.from_ical(row.after["text"]).walk("VEVENT")
    assert str(event["location"]) == f"https://meet.jit.si/incident-{task}"
    assert str(event["organizer"]) == f"mailto:{team.control.member('Jonas').email}"
    assert str(event["uid"]).endswith("@clickup-mlops")
    assert event["summary"] == f"Incident: {INFERENCE}"
    assert (event["dtend"].dt - event["dtstart"].dt).total_seconds() == 3_600


def test_the_invitation_of_a_hostile_incident_has_no_line_of_others(team: Team) -> None:
    """Names make no property, and an odd e-mail address keeps nobody else from being invited."""
    lines = "\r\nATTENDEE:mailto:eve@evil.example\rATTACH:file:///etc/passwd\x0b\u2028X:y"
    evil = f"{INFERENCE}{lines}"
    team.control.member("Jonas").email = "jonas@example.org\r\nATTENDEE:mailto:eve@evil.example"
    task_about(team, evil, "ranker")
    report(team, "firing", evil, 1)

    rows = team.bot.store.journal.list(limit=100)
    (row,) = (row for row in rows if row.kind.startswith("attachment:"))
    content_lines = re.split(r"[\r\n\x0b\u2028]+", row.after["text"].replace("\r\n ", ""))
    names = {re.split("[:;]", line)[0] for line in content_lines if line}
    assert names <= {
        "BEGIN", "END", "PRODID", "VERSION", "METHOD", "UID", "DTSTAMP", "DTSTART", "DTEND",
        "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "ORGANIZER", "ATTENDEE",
    }  # fmt: skip
    assert not any(
        "evil" in line for line in content_lines if line.startswith(("ATTENDEE", "ORGANIZER"))
    )


def test_undo_of_an_incident_triggers_no_automation(team: Team) -> None:
    """It is over in the store, and nobody drafts a post-mortem."""
    task_about(team, INFERENCE, "ranker")
    report(team, "firing", INFERENCE, 1)
    rows = team.bot.store.journal.list(limit=100)
    (row,) = (row for row in rows if row.kind == "incident")
    effect = team.bot.execution.effects["incident"]
    back = effect.undo(Change(row.kind, row.before, row.after, "", {}), row.receipt)
    assert back is not None
    effect.write(team.bot.execution.executor_context.clickup, row.task_id, back)
    team.settle()

    assert team.bot.store.table(Incidents).open_of(row.task_id) is None
    assert pages(team) == {}


def undone(team: Team, since_ms: int, task: str | None = None) -> list[str]:
    """Undo what `live_incident` did since then; what became of the changes of incidents."""
    audit = team.bot.store.audit
    entries = targets.find(audit, "live_incident", since_ms=since_ms, task_id=task)
    results = list(
        team.bot.get(UndoPackage).undoing.run(
            entries, UndoRequest(f"undo-{team.bot.now_ms()}", "ana")
        )
    )
    team.settle()
    about = {entry.seq for entry in entries if entry.kind == "incident"}
    return [result.state for result in results if result.seq in about]


def test_undo_puts_a_task_back_into_the_incident_that_it_left(team: Team) -> None:
    """Not into another one about the same model that is open now."""
    first = task_about(team, INFERENCE, "ranker")
    report(team, "firing", INFERENCE, 1)
    since_ms = team.bot.now_ms()
    (incident,) = team.bot.store.table(Incidents).of_task(first)
    team.control.clock.advance(MINUTE)
    report(team, "resolved", INFERENCE, 2)
    team.control.clock.advance(2 * HOUR)
    second = task_about(team, f"{INFERENCE}, again", "ranker")
    report(team, "firing", f"{INFERENCE}, again", 3)
    (second_incident,) = team.bot.store.table(Incidents).of_task(second)

    assert undone(team, since_ms + 1, first) == ["undone"]
    assert team.bot.store.table(Incidents).open_of(first) == replace(incident, closed_ms=None)
    assert [
        incident_task.task_id
        for incident_task in team.bot.store.table(Incidents).tasks(second_incident.id)
    ] == [second]


def test_undo_of_a_whole_incident_leaves_it_over(team: Team) -> None:
    """The task is part of none, as before; a second undo finds nothing to do."""
    task = task_about(team, INFERENCE, "ranker")
    since_ms = team.bot.now_ms()
    report(team, "firing", INFERENCE, 1)
    report(team, "resolved", INFERENCE, 2)
    (before,) = team.bot.store.table(Incidents).of_task(task)
    team.control.clock.advance(MINUTE)

    assert undone(team, since_ms) == undone(team, since_ms) == ["kept", "kept"]
    assert team.bot.store.table(Incidents).of_task(task) == [before]


def test_in_shadow_mode_no_incident_is_kept(team: Team) -> None:
    """Nothing is written anywhere."""
    team.configure(mode="shadow")
    task_about(team, INFERENCE, "ranker")
    report(team, "firing", INFERENCE, 1)

    assert team.bot.store.table(Incidents).between(team.sandbox.team_id, 0, 2**62) == []


@pytest.mark.parametrize("text", ["", "A duplicate"])
def test_a_deleted_task_leaves_its_incident(team: Team, text: str) -> None:
    """What goes on without it ends with the other task; also if a comment came just before, for
    which the task is not read.
    """
    first = task_about(team, INFERENCE, "ranker")
    second = task_about(team, f"{INFERENCE}, again", "ranker")
    report(team, "firing", INFERENCE, 1)
    report(team, "firing", f"{INFERENCE}, again", 2)
    team.control.clock.advance(11 * MINUTE)
    if text:
        team.member.comment(second, text)
    team.member.delete(second)
    team.settle()
    report(team, "resolved", INFERENCE, 3)

    incident = team.bot.store.table(Incidents).latest_of(first)
    assert incident is not None
    assert not incident.is_open
    assert len(pages(team)) == 1
