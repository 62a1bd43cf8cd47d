"""The webhook by hand, against the sandbox."""

import json

from clickup_mlops.sandbox import Sandbox
from tests.interfaces.cli.conftest import PUBLIC_URL, Cli


def test_register_makes_one_webhook_and_then_none(connected: Cli) -> None:
    """Registering twice changes nothing."""
    first, second = connected("hooks", "register"), connected("hooks", "register")

    assert first.out.startswith("created ")
    assert second.out == "The webhook is registered and works.\n"
    assert PUBLIC_URL in connected("hooks", "list").out


def test_list_says_when_there_is_work(connected: Cli) -> None:
    """Exit code 2 before registering, 0 afterwards."""
    assert connected("hooks", "list").code == 2
    connected("hooks", "register")
    assert connected("hooks", "list").code == 0


def test_rotate_replaces_the_secret_and_never_prints_it(
    connected: Cli, clickup_sandbox: Sandbox
) -> None:
    """Afterwards one webhook is left, with another secret."""
    connected("hooks", "register")
    (before,) = list(clickup_sandbox.control.world.webhooks)

    printed = connected("hooks", "rotate", "--json").out
    (after,) = list(clickup_sandbox.control.world.webhooks)

    assert before.secret != after.secret
    assert after.secret not in printed
    assert json.loads(printed)["id"] == after.id


def test_delete_removes_it(connected: Cli, clickup_sandbox: Sandbox) -> None:
    """And says which; without one it says that."""
    connected("hooks", "register")
    (hook,) = list(clickup_sandbox.control.world.webhooks)

    assert connected("hooks", "delete").out == f"{hook.id}\n"
    assert len(clickup_sandbox.control.world.webhooks) == 0
    assert connected("hooks", "delete").out == "No webhook points to this bot.\n"


def test_heal_ends_a_suspension(connected: Cli, clickup_sandbox: Sandbox) -> None:
    """What is wrong is listed, then repaired."""
    connected("hooks", "register")
    control = clickup_sandbox.control
    with control.world.change():
        (hook,) = list(control.world.webhooks)
        hook.status, hook.fail_count = "suspended", 100
        control.world.webhooks.put(hook)

    listed = connected("hooks", "list")
    assert listed.code == 2
    assert "suspended" in listed.out
    assert connected("hooks", "heal").out.startswith("updated ")
    assert connected("hooks", "list").code == 0


def test_register_needs_an_address(cli: Cli, clickup_sandbox: Sandbox, monkeypatch) -> None:
    """Without `hooks.public_url` it says so."""
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__TOKEN", clickup_sandbox.token)
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__BASE_URL", clickup_sandbox.url)

    ran = cli("hooks", "register")

    assert ran.code == 1
    assert "hooks.public_url is not set" in ran.err
