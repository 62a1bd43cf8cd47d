"""The webhook: whatever happens to it is noticed and repaired, and what it missed is found."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops import logs
from clickup_mlops.bot.receive.clickup_webhook import LEASE_MS, Hooks
from clickup_mlops.bot.receive.clickup_webhook_settings import HooksSettings
from clickup_mlops.clickup.hierarchy import Webhook
from clickup_mlops.errors import ApiError, ConfigError, StoreBusy
from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import (
    INFERENCE,
    LIST,
    TRAINING,
    Team,
    build,
    receiving,
    settings_for,
    until,
)
from tests.ports import BoundPort

Break = Callable[[Team, str], object]
BROKEN: dict[str, Break] = {
    "missing": lambda team, hook: team.bot.client.webhooks.delete(hook),
    "suspended": lambda team, hook: _suspend(team, hook),
    "failing": lambda team, hook: _set(team, hook, status="failing", fail_count=7),
    "pointing elsewhere": lambda team, hook: team.bot.client.webhooks.update(
        hook, "http://127.0.0.1:9/elsewhere", ["taskCreated"], "active"
    ),
    "asking for other events": lambda team, hook: team.bot.client.webhooks.update(
        hook, team.bot.settings.hooks.public_url, ["taskDeleted"], "active"
    ),
}


def _set(team: Team, hook: str, **values: object) -> None:
    with team.sandbox.world.change():
        for name, value in values.items():
            setattr(team.sandbox.world.webhooks[hook], name, value)


def _suspend(team: Team, hook: str) -> None:
    _set(team, hook, status="suspended", fail_count=100)


def test_the_default_interval_is_below_a_minute() -> None:
    """A broken webhook is noticed within 60 s: the check plus the time it takes."""
    assert HooksSettings().check_every <= timedelta(seconds=40)


@pytest.mark.parametrize("damage", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_webhook_is_repaired_and_what_it_missed_is_found(
    team: Team, damage: Break
) -> None:
    """After the next check it works again, and a task of the meantime has its priority."""
    (before,) = team.bot.sources.hooks.list()
    damage(team, before.id)
    missed = team.member.create_task(LIST, INFERENCE)
    team.control.deliveries.discard_queued()

    team.job("heal")

    (after,) = team.bot.sources.hooks.list()
    assert (after.current, after.problems, after.health) == (True, (), "active")
    assert team.priority(missed) is not None
    fresh = team.member.create_task(LIST, INFERENCE)
    team.settle()
    assert team.priority(fresh) is not None


def test_a_webhook_that_is_well_costs_one_call(team: Team) -> None:
    """Nothing is changed, nothing is back-filled."""
    team.job("heal")

    assert team.control.stats.total == 1


@pytest.mark.slow
def test_the_running_bot_notices_by_itself(clickup_sandbox: Sandbox, tmp_path: Path) -> None:
    """The clock job does it: with a check every 0.3 s, a deleted webhook is back within 3 s."""
    port = BoundPort()
    hooks = {"check_every": timedelta(seconds=0.3)}
    settings = settings_for(clickup_sandbox, tmp_path, port, hooks=hooks)
    with ExitStack() as running:
        bot = running.enter_context(build(settings))
        running.enter_context(receiving(bot, port))
        bot.start()
        (first,) = until(bot.sources.hooks.list)
        bot.client.webhooks.delete(first.id)

        start = time.monotonic()
        (second,) = until(bot.sources.hooks.list)

        assert second.id != first.id
        assert time.monotonic() - start < 3


def test_both_secrets_are_valid_while_a_webhook_is_rotated(team: Team) -> None:
    """Deliveries on their way are accepted; after the overlap the old secret is not."""
    (old,) = team.bot.sources.hooks.list()
    (old_secret,) = team.bot.secrets(old.id)

    new = team.bot.sources.hooks.rotate()

    assert team.bot.secrets(old.id) == (old_secret,)
    (new_secret,) = team.bot.secrets(new.id)
    assert new_secret != old_secret
    assert [report.id for report in team.bot.sources.hooks.list()] == [new.id]
    team.control.clock.advance(int(team.bot.settings.hooks.rotation.total_seconds() * 1000))
    assert team.bot.secrets(old.id) == ()
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    assert team.priority(task) is not None


def test_rotating_again_and_again_works_and_heals_to_the_newest(team: Team) -> None:
    """The check keeps what rotation made."""
    ids = {team.bot.sources.hooks.rotate().id for _ in range(3)}

    assert len(ids) == 3
    assert team.bot.sources.hooks.heal() == ()


def test_a_second_webhook_of_ours_is_removed(team: Team) -> None:
    """A bot that lost its store leaves no webhook behind that delivers everything twice."""
    (ours,) = team.bot.sources.hooks.list()
    team.bot.store.cursors.set(f"hooks:{team.bot.workspace_id}", "[]")

    team.bot.sources.hooks.heal()

    (now,) = team.bot.sources.hooks.list()
    assert now.id != ours.id and now.current


def test_foreign_webhooks_are_left_alone(team: Team) -> None:
    """Others' endpoints of the same token are not ours to change."""
    webhook = team.bot.client.webhooks.create(
        team.bot.workspace_id, "http://127.0.0.1:9/other", ["taskCreated"]
    )

    team.bot.sources.hooks.heal()

    assert webhook.id in {hook.id for hook in team.bot.client.webhooks.list(team.bot.workspace_id)}


def test_secrets_reach_no_log(team: Team) -> None:
    """Old and new ones are hidden wherever they stand, also inside an error's text."""
    (hook,) = team.bot.sources.hooks.list()
    (secret,) = team.bot.secrets(hook.id)
    (renewed,) = team.bot.secrets(team.bot.sources.hooks.rotate().id)

    text = logs.redactor.text(f"signed with {secret}, then with {renewed}")

    assert secret not in text and renewed not in text


def test_registering_needs_an_address(clickup_sandbox: Sandbox, tmp_path: Path) -> None:
    """The message says which setting to make."""
    settings = settings_for(clickup_sandbox, tmp_path, 1, hooks={"public_url": ""})
    with build(settings) as bot, pytest.raises(ConfigError, match=r"hooks\.public_url"):
        bot.sources.hooks.register()


def test_many_changes_of_one_moment_end_the_look(team: Team) -> None:
    """An import gives hundreds of tasks the same time: they are found once, in a few calls."""
    team.control.clock.freeze()
    team.control.add_tasks(LIST, [{"name": f"{TRAINING} {n}"} for n in range(150)])
    before = team.bot.client.calls

    tasks = team.bot.sources.backfill.run()

    assert len(set(tasks)) == len(tasks) == 150
    assert team.bot.client.calls - before <= 4


class Disturbed:
    """The client's webhooks; something happens right after they were listed, or to a new one."""

    def __init__(self, team: Team, *, listed: Callable[[], object] = lambda: None) -> None:
        self._real, self._listed = team.bot.client.webhooks, listed
        self.update, self.delete = self._real.update, self._real.delete

    def list(self, workspace: str) -> list[Webhook]:
        webhooks = self._real.list(workspace)
        self._listed()
        return webhooks

    def create(self, *arguments: Any, **where: Any) -> Webhook:
        return replace(self._real.create(*arguments, **where), secret=None)


def _hooks(team: Team, webhooks: Any) -> Hooks:
    bot = team.bot
    return Hooks(
        webhooks,
        bot.store.cursors,
        bot.store.leases,
        bot.settings.hooks,
        workspace=bot.workspace_id,
        clock=bot.now_ms,
    )


@pytest.mark.parametrize("change", ["heal", "rotate", "delete"])
def test_only_one_machine_changes_the_webhook_at_a_time(team: Team, change: str) -> None:
    """The other one is told so; it may again once the first one is done, or dead."""
    team.bot.client.webhooks.delete(team.bot.sources.hooks.list()[0].id)
    refused: list[StoreBusy] = []

    def meanwhile() -> None:
        with pytest.raises(StoreBusy) as busy:
            getattr(team.bot.sources.hooks, change)()
        refused.append(busy.value)

    with pytest.raises(ApiError):
        _hooks(team, Disturbed(team, listed=meanwhile)).heal()
    assert len(refused) == 1
    assert len(team.sandbox.world.webhooks) == 0

    getattr(team.bot.sources.hooks, change)()
    assert len(team.sandbox.world.webhooks) == (change != "delete")


def test_who_was_too_slow_changes_nothing(team: Team) -> None:
    """Both saw that it was missing; only the one whose turn it is makes a new one."""
    team.bot.client.webhooks.delete(team.bot.sources.hooks.list()[0].id)

    def meanwhile() -> None:
        team.control.clock.advance(LEASE_MS + 1)
        assert team.bot.sources.hooks.heal() != ()

    with pytest.raises(StoreBusy):
        _hooks(team, Disturbed(team, listed=meanwhile)).heal()

    assert len(team.sandbox.world.webhooks) == 1
    assert team.bot.sources.hooks.heal() == ()


def test_a_webhook_without_a_secret_is_not_kept(team: Team) -> None:
    """Its events could come from anybody: an error in words, and nothing is left behind."""
    team.bot.client.webhooks.delete(team.bot.sources.hooks.list()[0].id)

    with pytest.raises(ApiError, match="no secret") as refused:
        _hooks(team, Disturbed(team)).heal()

    assert "removed" in refused.value.hint
    assert len(team.sandbox.world.webhooks) == 0


def test_a_deleted_webhook_is_gone_and_what_was_on_its_way_is_accepted(team: Team) -> None:
    """Until the secret is too old."""
    (hook,) = team.bot.sources.hooks.list()

    assert team.bot.sources.hooks.delete() == (hook.id,)

    assert team.bot.sources.hooks.list() == ()
    assert len(team.bot.secrets(hook.id)) == 1
    team.control.clock.advance(int(team.bot.settings.hooks.rotation.total_seconds() * 1000))
    assert team.bot.secrets(hook.id) == ()
    assert team.bot.sources.hooks.delete() == ()


def test_ready_only_with_the_webhook_that_is_to_be_there(
    clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """Nothing is delivered without; a wrong address gets none; no address is only a note."""
    with build(settings_for(clickup_sandbox, tmp_path, 1)) as bot:
        with pytest.raises(ConfigError, match="no webhook is registered for http://127"):
            bot.check_webhook()
        bot.sources.hooks.register()
        bot.check_webhook()
        bot.sources.hooks.delete()
        with pytest.raises(ConfigError, match="no webhook is registered"):
            bot.check_webhook()
    wrong = {"public_url": "https://bot.example.org/"}
    with build(settings_for(clickup_sandbox, tmp_path, 1, hooks=wrong)) as bot:
        for act in (bot.sources.hooks.heal, bot.check_webhook):
            with pytest.raises(ConfigError, match="does not end in /hooks/clickup"):
                act()
        assert list(clickup_sandbox.world.webhooks) == []
    with build(settings_for(clickup_sandbox, tmp_path, 1, hooks={"public_url": ""})) as bot:
        bot.check_webhook()
        assert any("hooks.public_url is not set" in note for note in bot.warnings())
