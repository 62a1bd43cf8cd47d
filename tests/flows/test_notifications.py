"""How often people are notified: by new comments, mentions, assignments and messages; no edit."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops import content
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.sandbox.clickup.state.people import members
from tests.flows.conftest import (
    INFERENCE,
    LIST,
    TRAINING,
    Relay,
    Team,
    build,
    receiving,
    settings_for,
)
from tests.flows.test_automations import NUMBERS, SETTINGS, STATUSES, status
from tests.flows.test_incidents import MINUTE
from tests.flows.test_integrations import SECRET, Reporting, alert, group
from tests.ports import BoundPort

HOUR = 60 * MINUTE
QUESTIONABLE, ASKED = "Latency of the recommendations API is high today", "Are users affected now?"
MOST = 10
"""Notifications to one person in a day with two incidents."""
MORE: dict[str, dict[str, Any]] = {
    "live_incident": {
        "lead": "on_call",
        "on_call": "",
        "channel": "",
        "room": "incidents",
        "thread": True,
        "call_url": "https://meet.jit.si/incident-${task.id}",
        "runbook": "https://wiki.example.org/runbooks",
    },
    "alert_incident": {"list": LIST},
    "pipeline_failed": {"list": LIST},
    "model_registered": {"list": LIST},
    "silent_source": {"list": LIST},
    "reported_again": {"status": "to do"},
    "incident_review": {"doc": "Post-mortems", "list": LIST},
    "champion_moved": {"status": "live"},
}


pytestmark = pytest.mark.clickup_sandbox(plan="Enterprise")


def hire(sandbox: Sandbox, *names: str) -> None:
    """More people in the Workspace."""
    world, (_bot, owner, *_) = sandbox.control.world, sandbox.control.members
    with world.change():
        for name in names:
            mail = {"email": f"{name}@example.com"}
            members.invite(world, owner, world.teams[sandbox.team_id], mail)


@pytest.fixture
def team(
    clickup_sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Reporting]:
    """All automations are on, with all settings; Jonas is on call."""
    control, port = clickup_sandbox.control, BoundPort()
    control.set_statuses(LIST, [status(name) for name in (*STATUSES, "live", "complete")])
    for name in NUMBERS:
        control.create_field(name, "number")
    control.create_field("Model", "short_text")
    hire(clickup_sandbox, "ana", "bo", "cleo", "dan")
    names = [path.stem for path in content.list_toml_files(content.find_folder("automations"))]
    chosen = {
        name: {"mode": "on", "settings": SETTINGS.get(name, {}) | MORE.get(name, {})}
        for name in names
    }
    chosen["live_incident"]["settings"] = MORE["live_incident"] | getattr(request, "param", {})
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        automations={"by_name": chosen},
        people={"on_call": ["Jonas"]},
        jobs={"time_zone": "Europe/Madrid"},
        integrations={"alertmanager": {"kind": "alertmanager", "secret": SECRET, "token": SECRET}},
    )
    with ExitStack() as running:
        bot = running.enter_context(build(settings, clock=control.clock.now_ms))
        team = Reporting(clickup_sandbox, bot, clock=control.clock.now_ms)
        running.enter_context(receiving(Relay(team), port))
        team.address = f"http://127.0.0.1:{port}"
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        assert bot.user_id
        team.control.reset_counts()
        yield team


def notifications(team: Team) -> dict[str, Counter[str]]:
    """What the bot notified each person of, by user name: assignments, comments on tasks that they
    watch, and messages, of which each reaches everybody. Edits notify nobody; the answer to a
    command is for whoever asked.
    """
    world, bot = team.control.world, team.control.members[0].id
    names = {user.id: user.username for user in team.control.members}
    counts: dict[str, Counter[str]] = {name: Counter() for name in names.values()}
    assigned = [*_assignments(team)]
    for _task, person, by, _at in assigned:
        counts[names[person]]["assignment"] += by == bot
    creators = {task.id: task.creator_id for task in world.tasks}
    for comment in world.comments:
        if comment.user_id != bot or comment.on != "task" or comment.reply_to:
            continue
        watch = {
            person
            for task, person, _by, at in assigned
            if (task, at <= comment.date) == (comment.on_id, True)
        }
        watch |= {creators[comment.on_id]} | {
            b["user"]["id"] for b in comment.blocks if "user" in b
        }
        for person in watch - {bot}:
            counts[names[person]]["comment"] += 1
    for message in world.messages:
        for person in names if message.user_id == bot else ():
            counts[names[person]]["message"] += 1
    return counts


def _assignments(team: Team) -> Iterator[tuple[str, int, int, int]]:
    """Task, who was assigned, by whom, and when (Unix ms)."""
    assigned = set()
    for write in team.control.writes(field="assignee_add"):
        person = write.after["id"] if isinstance(write.after, dict) else write.after
        assigned.add((write.task_id, int(person)))
        yield write.task_id, int(person), write.actor_id, write.at_ms
    for task in team.control.tasks:
        for person in task.assignees:
            if (task.id, person) not in assigned:
                yield task.id, person, task.creator_id, int(task.date_created)


class Day:
    """Six people at work, with the bot beside them."""

    def __init__(self, team: Reporting) -> None:
        self.team = team
        self.people = [team.control.as_user(user.id) for user in team.control.members[1:7]]
        self.start = 0

    def post_alert(self, state: str, fingerprint: str, name: str) -> None:
        """An alert begins or ends."""
        self.start += 1
        labels = {"alertname": name}
        body = alert(state, self.start, fingerprint=fingerprint, **labels)
        assert self.team.post("alertmanager", group(body)).status_code == 200

    def passes(self, minutes: int) -> None:
        """In steps of ten minutes, so that schedules and updates come when they are due."""
        for _ in range(minutes // 10):
            self.team.control.clock.advance(10 * MINUTE)
            self.team.settle()

    def morning(self) -> None:
        """Each creates tasks, starts one, asks why and discusses."""
        for number, person in enumerate(self.people):
            kinds = (f"{TRAINING} {number}", f"{INFERENCE} {number}", f"Data: clean set {number}")
            tasks = [person.create_task(LIST, name) for name in kinds]
            self.team.settle()
            person.update(tasks[0], assignees={"add": [person.user.id], "rem": []})
            person.set_status(tasks[0], "running")
            person.comment(tasks[1], "/why")
            person.comment(tasks[2], "This is half done.")
            self.team.settle()

    def possible_incidents(self) -> None:
        """Two tasks may report one: their authors are asked, one answers."""
        for person in self.people[4:6]:
            task = person.create_task(LIST, QUESTIONABLE)
            self.team.settle()
            self.passes(10)
            assert [c.on_id for c in self.team.control.world.comments if ASKED in c.text][
                -1
            ] == task
        self.people[5].comment(task, "/incident no")
        self.passes(60)

    def flapping_alert(self) -> None:
        """An alert begins and ends six times, and another one fires about the same service."""
        for _ in range(6):
            self.post_alert("firing", "3b1e", "GpuDown")
            self.passes(10)
            self.post_alert("resolved", "3b1e", "GpuDown")
            self.passes(10)
        self.post_alert("firing", "3b1e", "GpuDown")
        task = self.team.named("GpuDown: node 7")[0]["id"]
        self.people[2].comment(task, "/why")
        self.people[3].comment(task, "The node lost its second GPU, too.")
        self.passes(60)
        self.post_alert("resolved", "3b1e", "GpuDown")

    def outage(self, model: str = "ranker") -> None:
        """Three people report it for one model; it lasts for two hours. Where they name none, the
        bot asks them whether it is the same outage, and they say so.
        """
        tasks: list[str] = []
        for person in self.people[2:5]:
            task = person.create_task(LIST, f"{INFERENCE}: answers are wrong")
            person.set_field(task, "Model", model)
            self.team.settle()
            person.tag(task, "incident")
            self.team.settle()
            if tasks and not model:
                person.comment(task, f"/incident join {tasks[0]}")
            tasks.append(task)
            self.passes(10)
        self.people[1].set_status(tasks[0], "running")
        self.people[4].comment(tasks[0], "We roll back.")
        self.passes(90)
        for person, task in zip(self.people[2:5], tasks, strict=True):
            person.untag(task, "incident")
            self.team.settle()


@pytest.mark.parametrize(
    "team",
    [
        {},
        pytest.param(
            {"room": "incident-${task.id}", "thread": False, "channel": "incidents"},
            marks=pytest.mark.soak,
        ),
    ],
    indirect=True,
)
def test_nobody_is_notified_more_than_ten_times_in_a_day_with_two_incidents(
    team: Reporting,
) -> None:
    """With all automations on: questions, a flapping alert, duplicates, updates and reviews."""
    day = Day(team)
    day.morning()
    day.possible_incidents()
    day.flapping_alert()
    day.passes(120)
    day.outage()
    day.passes(60)

    incidents = team.bot.store.table(Incidents).between(
        team.sandbox.team_id, 0, team.bot.now_ms() + 1
    )
    assert [incident.is_open for incident in incidents] == [False, False]
    counts = notifications(team)
    assert max(count.total() for count in counts.values()) <= MOST, counts
    lead, channels = counts["Jonas Weber"], len([*team.control.world.channels])
    assert lead["assignment"] == 4, "incident and review"
    assert lead["message"] == len([*team.control.world.messages]) == (2 if channels == 1 else 4)
    comments = [*team.control.world.comments]
    assert sum(ASKED in comment.text for comment in comments) == 2, "one question for each task"
    texts = [comment.text for comment in comments]
    for incident in incidents:
        places = [c.on_id for c in comments if f"incident/{incident.id}" in c.text]
        assert places.count(incident.task_id) == 1
        assert len(places) == len({*places}), "one comment for each task that is affected"
        assert sum("Lead: Jonas" in text for text in texts if incident.id in text) == 1
    texts += [message.content for message in team.control.world.messages]
    texts += [f"{page.name} {page.content}" for page in team.control.world.pages]
    assert any("fired 7 times" in text for text in texts)
    assert not any("Triage needed" in text for text in texts), "reports of an incident need none"
    assert not any("UTC" in text for text in texts), "times are on the clocks of the team"


def test_an_outage_that_is_reported_three_times_without_a_model_is_one_page(
    team: Reporting,
) -> None:
    """Who wrote the second and third report says that it is the same outage."""
    day = Day(team)
    day.morning()
    day.outage(model="")
    day.passes(60)

    lead = notifications(team)["Jonas Weber"]
    assert lead.total() <= MOST, lead
    assert (lead["message"], lead["assignment"]) == (1, 2), "the room; incident and review"


def test_what_people_ask_the_bot_is_no_news(team: Reporting) -> None:
    """Questions, their answers, the bot's notices and refused commands are not in the timeline;
    what a command has changed is, with its reason.
    """
    day = Day(team)
    day.post_alert("firing", "3b1e", "GpuDown")
    task = team.named("GpuDown: node 7")[0]["id"]
    person = day.people[2]
    questions = ("/why", "/help", "/ack because I look", "/mend node 7")
    news = (
        "The node is back.",
        "/priority high because the node is back",
        "/incident yes because all users are affected",
        "/incident yes because it is still so",
        "/workload inference because it serves chat",
        "/undo because it was a typo",
    )
    for text in (*questions, *news):
        person.comment(task, text)
        team.settle()
    day.passes(30)

    entries = team.bot.store.timeline.of_task(task, 0, team.bot.now_ms() + 1)
    comments = [entry.text for entry in entries if entry.kind == "comment"]
    assert comments == [*news]
    (message,) = team.control.world.messages
    assert "The node is back." in message.content
    assert not any(text in message.content for text in questions)


def test_an_update_without_news_is_not_written(team: Reporting) -> None:
    """Nothing is sent to ClickUp, however often an update comes due."""
    day = Day(team)
    day.post_alert("firing", "3b1e", "GpuDown")
    day.passes(30)
    team.control.reset_counts()
    day.passes(180)
    assert not [row for row in edits(team) if row.begun_ms > team.bot.now_ms() - 170 * MINUTE]


def edits(team: Team) -> list[Any]:
    """Changes of comments and messages that were there."""
    rows = team.bot.store.journal.list(limit=500)
    return [row for row in rows if row.kind.startswith(("comment:", "chat:")) and row.before]
