"""`check` tells everything that is wrong at once, and a way out for each."""

import json
from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Store
from clickup_mlops.store.tables.space_policies import SpacePolicy
from tests.interfaces.cli.conftest import Cli, Ran
from tests.later_revision import add_later_revision
from tests.store.store_events import event


def _states(ran: Ran) -> dict[str, str]:
    return {check["check"]: check["state"] for check in json.loads(ran.out)["checks"]}


def test_a_good_configuration_passes(connected: Cli) -> None:
    """Token, workspace, plan and limit, store, engine and automations are named."""
    connected("hooks", "register")

    ran = connected("check")

    assert ran.code == 0, ran.out
    assert "Router Bot" in ran.out
    assert "Unlimited" in ran.out
    assert "No problems." in ran.out


def test_the_rate_limit_is_the_one_that_clickup_tells(connected: Cli) -> None:
    """It comes from the headers of an answer, not from a table of ours."""
    assert "1000000000 calls a minute" in connected("check").out.replace(",", "")


def test_a_policy_over_plans_that_cannot_be_used_is_found(
    connected: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its place in the settings, before anybody plans."""
    wrong = [{"name": "a", "deny": "step.kin == 1", "message": "x"}]
    monkeypatch.setenv("CLICKUP_MLOPS_PROVISION__POLICIES", json.dumps(wrong))

    ran = connected("check")

    assert ran.code == 1
    assert "provision.policies.0.deny (a): line 1" in ran.out


def test_a_missing_webhook_is_only_a_note(connected: Cli) -> None:
    """`serve` will register it."""
    ran = connected("check", "--json")

    assert ran.code == 0
    assert _states(ran)["webhook"] == "note"


def test_tables_of_an_older_version_are_left_alone(
    connected: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their bot runs until it is replaced, and can be started again: `serve` changes them."""
    database = "sqlite:///clickup-mlops.db"
    with Store.open(database) as store:
        revision = store.revision()
    add_later_revision(tmp_path, monkeypatch)

    ran = connected("check", "--json")

    assert ran.code == 0
    assert (_states(ran)["store"], _states(ran)["webhook"]) == ("note", "skipped")
    assert _states(ran)["automations"] == "note"
    with Store(database) as store:
        assert store.revision() == revision


def test_independent_problems_are_told_together(
    connected: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong token hides neither a broken automation nor a store that cannot be opened."""
    Path("mine").mkdir()
    Path("mine/broken.toml").write_text("summary = 3\n")
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__TOKEN", "pk_1_NOSUCHTOKEN")
    monkeypatch.setenv("CLICKUP_MLOPS_STORE__URL", "sqlite:////no/such/folder/bot.db")
    monkeypatch.setenv("CLICKUP_MLOPS_AUTOMATIONS__FOLDER", "mine")

    ran = connected("check", "--json")

    assert ran.code == 1
    states = _states(ran)
    assert states["token"] == states["store"] == states["automations"] == "problem"
    assert states["webhook"] == "skipped"


def test_a_missing_token_is_one_problem(connected: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """What depends on it is skipped."""
    monkeypatch.delenv("CLICKUP_MLOPS_CLICKUP__TOKEN")

    ran = connected("check", "--json")

    assert [name for name, state in _states(ran).items() if state == "problem"] == ["token"]
    assert _states(ran)["metrics"] == "skipped"


def test_a_wrong_automation_is_one_problem(connected: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is enabled in Spaces needs the automations, too, and does not report it again."""
    monkeypatch.setenv("CLICKUP_MLOPS_AUTOMATIONS__BY_NAME", '{"stale_run": {"mode": "on"}}')

    ran = connected("check")

    assert ran.out.count('did you mean "stale_training_run"?') == 1
    assert ran.out.endswith("\n1 problem.\n")


def test_an_action_is_named_once_for_the_setting_that_it_lacks(
    connected: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the automation creates two tasks."""
    monkeypatch.setenv("CLICKUP_MLOPS_AUTOMATIONS__BY_NAME", '{"incident_review": {"mode": "on"}}')

    line = "incident_review.settings.list is not set: no create_task\n"
    assert connected("check").out.count(line) == 1


def test_a_wrong_token_is_told_without_repeating_it(
    connected: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token itself never reaches the terminal."""
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__TOKEN", "pk_1_NOSUCHTOKEN")

    ran = connected("check")

    assert ran.code == 1
    assert "FAIL  token" in ran.out
    assert "NOSUCHTOKEN" not in ran.out + ran.err


def test_an_unknown_workspace_names_those_that_exist(
    connected: Cli, clickup_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the right id can be copied."""
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__WORKSPACE_ID", "123")

    ran = connected("check")

    assert ran.code == 1
    assert clickup_sandbox.team_id in ran.out


def test_an_impossible_public_address_is_a_problem(
    connected: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ClickUp would call a page that the bot does not have."""
    monkeypatch.setenv("CLICKUP_MLOPS_HOOKS__PUBLIC_URL", "https://bot.example.org/")

    ran = connected("check", "--json")

    assert ran.code == 1
    assert _states(ran)["webhook"] == "problem"


def test_shadow_mode_is_noted(connected: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody should wonder why nothing is written."""
    monkeypatch.setenv("CLICKUP_MLOPS_AUTOMATIONS__MODE", "shadow")

    assert _states(connected("check", "--json"))["automations"] == "note"


def test_a_switched_on_automation_that_lacks_a_setting_is_named(
    connected: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the setting and what is left out for it; those that are off lack nothing."""
    monkeypatch.setenv("CLICKUP_MLOPS_AUTOMATIONS__MODE", "on")
    chosen = {"incident_review": {"mode": "on", "settings": {"list": "Follow-up"}}}
    monkeypatch.setenv("CLICKUP_MLOPS_AUTOMATIONS__BY_NAME", json.dumps(chosen))

    ran = connected("check")

    assert ran.code == 0
    assert "automations.by_name.incident_review.settings.doc is not set: no write_doc" in ran.out
    assert "settings.list is not set" not in ran.out


def test_a_bot_that_stands_still_is_a_problem(connected: Cli) -> None:
    """It holds a lane, whose lease it renews, but nothing gets done. Not running is but a note."""
    with Store.open("sqlite:///clickup-mlops.db") as store:
        store.inbox.put_many([event("a", "t1"), event("b", "t2"), event("c", "cron:heal")])
        assert _states(connected("check", "--json"))["inbox"] == "note"
        store.inbox.claim("t1", "a bot", 2_000, 2**52, limit=1)

        ran = connected("check")

    assert ran.code == 1
    assert "FAIL  inbox" in ran.out and "with 1 lane in progress" in ran.out
    assert "Restart `serve`" in ran.out


def test_a_template_that_does_not_fit_the_configuration_is_a_note(
    connected: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was applied before somebody changed `[routing]`; the configuration holds alone."""
    says = {"strategy": "s", "routing": {"priorities": {"training": {"soon": "high"}}}}
    with Store.open("sqlite:///clickup-mlops.db") as store:
        store.space_policies.put(SpacePolicy("w", "s1", "Ranker", "serving", (), says), 1)
    assert "1 template with a policy" in connected("check").out
    monkeypatch.setenv("CLICKUP_MLOPS_ROUTING__PRIORITIES__INFERENCE__SOON", "normal")

    ran = connected("check", "--json")

    assert ran.code == 0
    assert _states(ran)["policies"] == "note"
    assert "training.soon is above inference.soon" in ran.out
