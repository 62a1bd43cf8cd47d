"""Answers that ClickUp gave live in 2026: none stops the bot or parks an event."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from clickup_mlops.sandbox.core.stats import Exchange
from tests.flows.conftest import INFERENCE, LIST, Team, settings_for, working
from tests.ports import BoundPort


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[Team]:
    port = BoundPort()
    settings = settings_for(clickup_sandbox, tmp_path, port)
    with working(clickup_sandbox, settings, port) as team:
        team.bot.sources.hooks.register()
        yield team


def test_events_of_a_task_that_went_out_of_sight_are_done(team: Team) -> None:
    """Reading it is answered with 401 `ACCESS_083`: there is nothing to do, and nothing to park."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.deliveries.pause()
    team.member.update(task, name="Renamed")
    team.member.comment(task, "/why")
    team.control.ui_actions.set_privacy(LIST, True, ["Maria"])
    team.control.deliveries.resume()
    team.settle()

    assert team.control.stats.calls("GET", "/task/{task_id}", status=401)
    assert not team.bot.store.inbox.list("parked", 9)
    assert not team.bot.store.inbox.list("ready", 9)


def test_what_click_bot_changes_is_an_event_like_any_other(team: Team) -> None:
    """ClickUp's own Automations act as a user with a negative id, who is no member."""
    click_bot = team.control.as_click_bot()
    task = click_bot.create_task(LIST, INFERENCE)
    click_bot.comment(task, "/why")
    team.settle()
    click_bot.set_priority(task, "low")
    team.settle()

    assert team.priority(task) is not None
    assert not team.bot.store.inbox.list("parked", 9)
    assert team.control.members[0].id > 0


def test_a_task_that_goes_out_of_sight_before_a_write_is_done(team: Team) -> None:
    """The write is refused with 401 `ACCESS_083`; a look shows that the task is gone."""
    ui = team.control.ui_actions

    def hide(exchange: Exchange) -> None:
        if exchange.method == "GET" and exchange.route.endswith("/task/{task_id}"):
            ui.set_privacy(LIST, True, ["Maria"])

    team.control.stats.listeners.append(hide)
    team.member.create_task(LIST, INFERENCE)
    team.settle()

    assert team.control.stats.calls("PUT", "/task/{task_id}", status=401)
    assert not team.bot.store.inbox.list("parked", 9)
    assert not team.bot.store.inbox.list("ready", 9)
