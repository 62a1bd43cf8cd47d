"""A start while ClickUp is away, or does not want us."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import StoreBusy, Unauthorized
from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import INFERENCE, LIST, Team, build, receiving, settings_for, until
from tests.ports import BoundPort


@pytest.fixture
def port() -> BoundPort:
    return BoundPort()


@pytest.fixture
def settings(clickup_sandbox: Sandbox, tmp_path: Path, port: BoundPort) -> Settings:
    return settings_for(clickup_sandbox, tmp_path, port)


@pytest.fixture
def bot(settings: Settings) -> Iterator[Bot]:
    with ExitStack() as running:
        bot = running.enter_context(build(settings))
        running.callback(bot.stop)
        yield bot


def test_a_first_start_without_clickup_waits_for_it(
    bot: Bot, port: BoundPort, clickup_sandbox: Sandbox
) -> None:
    """Deliveries are told to come again; the reason is told in words; then it begins by itself."""
    clickup_sandbox.control.faults.add("status", status_code=503, times=None)
    url = bot.settings.hooks.public_url

    bot.start(retry_s=0.05)

    with receiving(bot, port):
        body = {"webhook_id": "w", "event": "e"}
        answer = requests.post(url, json=body, headers={"X-Signature": "x"}, timeout=9)
        assert answer.status_code == 503
        assert "ClickUp cannot be reached" in " ".join(bot.warnings())
        with pytest.raises(StoreBusy):
            bot.secrets("any")
        clickup_sandbox.control.faults.clear()
        until(lambda: clickup_sandbox.control.world.webhooks)
        task = clickup_sandbox.control.as_user("Maria").create_task(LIST, INFERENCE)
        until(lambda: clickup_sandbox.control.task(task)["priority"])
    assert bot.warnings() == []


def test_a_first_start_with_a_refused_token_fails(clickup_sandbox: Sandbox, tmp_path: Path) -> None:
    """Waiting would not help: the error says so at once."""
    settings = settings_for(clickup_sandbox, tmp_path, 1)
    with clickup_sandbox.world.change():
        clickup_sandbox.world.tokens.drop(clickup_sandbox.token)
    with build(settings) as bot, pytest.raises(Unauthorized):
        bot.start()


def test_a_later_start_takes_events_in_while_clickup_is_away(team: Team) -> None:
    """What ClickUp had to be asked was asked before."""
    team.control.faults.add("status", status_code=503, times=None)
    with build(team.bot.settings) as second_bot:
        second_bot.start()
        try:
            (hook,) = team.sandbox.world.webhooks
            assert second_bot.secrets(hook.id) == team.bot.secrets(hook.id) != ()
            assert second_bot.stopped() == []
        finally:
            second_bot.stop()


def test_a_slow_job_holds_up_no_task(clickup_sandbox: Sandbox, tmp_path: Path) -> None:
    """Even with a single worker: jobs have threads of their own, and a stop does not wait."""
    port = BoundPort()
    settings = settings_for(clickup_sandbox, tmp_path, port, engine={"workers": 1})
    control = clickup_sandbox.control
    with build(settings) as bot, receiving(bot, port):
        bot.start()
        until(lambda: control.world.webhooks)
        slow = control.faults.add("slow", path="*/webhook", wait_s=5)
        bot.jobs.queue.run_now("heal")
        until(lambda: slow.times == 0)

        task = control.as_user("Maria").create_task(LIST, INFERENCE)
        until(lambda: control.task(task)["priority"])
        bot.stop()
