"""A source that has gone silent raises a task of its own; one that is heard again closes it."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests

from clickup_mlops.features.integrations.package import IntegrationsPackage
from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import LIST, Relay, Team, build, receiving, settings_for
from tests.ports import BoundPort

MINUTE = 60_000
TASK = "Silent source: integration:deploy"


class Silenced(Team):
    """A team with one tool that should report every ten minutes."""

    address: str

    def report(self) -> None:
        """The tool says something that concerns nobody."""
        headers = {"Authorization": "Bearer t"}
        body = orjson.dumps({"type": "ping", "key": "", "id": str(self.control.clock.now_ms())})
        url = f"{self.address}/hooks/in/deploy"
        assert requests.post(url, body, headers=headers, timeout=9).status_code == 200
        self.settle()

    def pass_minutes(self, minutes: int) -> None:
        """The job runs at the end of each of them."""
        for _ in range(minutes):
            self.control.clock.advance(MINUTE)
            self.bot.get(IntegrationsPackage).silence.check()
        self.settle()

    def list_silence_tasks(self) -> list[dict[str, Any]]:
        """The tasks about the tool's silence."""
        return [self.control.task(task.id) for task in self.control.tasks if task.name == TASK]


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[Silenced]:
    """Its automations are on."""
    control, port = clickup_sandbox.control, BoundPort()
    closes = {"status": "complete"}
    names = {"silent_source": {"list": LIST}, "reported_over": closes}
    names["reported_again"] = {"status": "to do"}
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        automations={
            "by_name": {
                name: {"mode": "on", "settings": settings} for name, settings in names.items()
            }
        },
        integrations={
            "deploy": {"token": "t", "type": "type", "key": "key", "silent_after": "PT10M"},
            "quiet": {"token": "t"},
        },
    )
    with ExitStack() as running:
        bot = running.enter_context(build(settings, clock=control.clock.now_ms))
        team = Silenced(clickup_sandbox, bot, clock=control.clock.now_ms)
        running.enter_context(receiving(Relay(team), port))
        team.address = f"http://127.0.0.1:{port}"
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        bot.sources.start()
        yield team


def test_a_silent_integration_has_one_task_until_it_is_heard_again(team: Silenced) -> None:
    """Each change is reported once; a second silence reopens the task."""
    team.report()
    team.pass_minutes(9)
    assert team.list_silence_tasks() == []

    team.pass_minutes(20)
    (task,) = team.list_silence_tasks()
    assert task["status"]["status"] == "to do"
    assert "integration deploy has sent nothing since" in task["description"]

    team.report()
    team.pass_minutes(2)
    assert [task["status"]["status"] for task in team.list_silence_tasks()] == ["complete"]

    team.pass_minutes(15)
    assert [task["status"]["status"] for task in team.list_silence_tasks()] == ["to do"]


def test_an_integration_that_was_never_heard_is_silent_too(team: Silenced) -> None:
    """Counted from the bot's start."""
    team.pass_minutes(11)
    assert len(team.list_silence_tasks()) == 1


def test_while_the_bot_was_away_nobody_is_silent(team: Silenced, tmp_path: Path) -> None:
    """It could not hear them."""
    team.report()
    team.control.clock.advance(60 * MINUTE)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        again.sources.start()
        again.get(IntegrationsPackage).silence.check()
    team.settle()
    assert team.list_silence_tasks() == []


def test_only_who_has_a_limit_is_watched(team: Silenced) -> None:
    """All are noted when they are heard, for the dashboard: a write at most twice a minute."""
    notes = team.bot.store.notes
    team.bot.sources.contacts.record("integration:quiet")
    team.report()
    first = notes.all("heard")
    assert first.keys() == {"integration:deploy", "integration:quiet"}
    team.control.clock.advance(1_000)
    team.bot.sources.contacts.record("integration:quiet")
    team.report()
    assert notes.all("heard") == first
    team.pass_minutes(11)
    assert notes.all("silent").keys() == {"integration:deploy"}
    jobs = {job.name: job.every for job in team.bot.jobs.registered}
    assert jobs["silence"] == timedelta(minutes=1)
