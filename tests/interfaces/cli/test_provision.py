"""Templates and plans on the command line."""

import json
from pathlib import Path

import pytest

from clickup_mlops import content
from tests.interfaces.cli.conftest import Cli

SHIPPED = [path.stem for path in content.list_toml_files(content.find_folder("templates"))]
CASES = str(Path(__file__).parents[2] / "cases" / "provision" / "templates")
CASE = ("everything", "--templates", CASES)


def test_list_shows_every_template_with_its_strategy(cli: Cli) -> None:
    """And says which folder they came from."""
    listed = json.loads(cli("provision", "list", "--json").out)

    assert [template["name"] for template in listed["templates"]] == SHIPPED
    assert all(entry["strategy"] and entry["summary"] for entry in listed["templates"])
    assert listed["problems"] == []
    assert f"from {content.find_folder('templates')}" in cli("provision", "list").out


def test_list_explains_the_parameters_of_one_template(cli: Cli) -> None:
    """Those without a default must be given."""
    message = cli("provision", "list", "serving", "--templates", CASES).out

    assert "Strategy: latency-bound serving" in message
    assert "(required)" in message
    assert "gold, silver" in message


def test_list_goes_on_after_a_broken_template(cli: Cli) -> None:
    """It is named, and the exit code is 1."""
    Path("own").mkdir()
    Path("own/broken.toml").write_text("summary = \n")
    Path("own/good.toml").write_text('summary = "Good."\nstrategy = "neutral"\n')

    ran = cli("provision", "list", "--templates", "own")

    assert ran.code == 1
    assert "Good." in ran.out
    assert "broken.toml: not valid TOML" in ran.err


def test_schema_is_json(cli: Cli) -> None:
    """For templates, and for parts of them."""
    total = json.loads(cli("provision", "schema").out)
    part = json.loads(cli("provision", "schema", "--part").out)

    assert "space" in total["properties"]
    assert "field" in part["properties"]
    assert "space" not in part["properties"]


def test_plan_shows_what_is_to_be_done_and_exits_2(connected: Cli) -> None:
    """As a tree with marks and costs; nothing is written."""
    ran = connected("provision", "plan", *CASE)

    assert ran.code == 2
    assert '+ space "ML"' in ran.out
    assert "calls to apply" in ran.out
    assert connected("provision", "plan", *CASE).out == ran.out


def test_plan_can_be_kept_and_is_the_json_that_is_printed(connected: Cli) -> None:
    """`--out` and `--json` hold the same."""
    printed = connected("provision", "plan", *CASE, "--json", "--out", "plan.json").out

    assert json.loads(Path("plan.json").read_text()) == json.loads(printed)


def test_a_parameter_that_nobody_knows_is_named(connected: Cli) -> None:
    """With what was meant, before anything is read from ClickUp."""
    ran = connected("provision", "plan", *CASE, "--set", "modle=x")

    assert ran.code == 1
    assert 'no parameter is called "modle"; did you mean "model"?' in ran.err
    assert "model: Name of the model" in ran.err


def test_a_template_that_nobody_knows_is_named(connected: Cli) -> None:
    """With the nearest one."""
    ran = connected("provision", "plan", "realtime_inferense")

    assert ran.code == 1
    assert 'did you mean "realtime_inference"?' in ran.err


def test_a_policy_that_contradicts_the_configuration_is_refused(
    connected: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the template's file and the key, before anything is read or written."""
    Path("own").mkdir()
    Path("own/eager.toml").write_text(EAGER)
    assert connected("provision", "plan", "eager", "--templates", "own").code == 2
    monkeypatch.setenv("CLICKUP_MLOPS_ROUTING__PRIORITIES__INFERENCE__SOON", "normal")

    ran = connected("provision", "plan", "eager", "--templates", "own")

    assert ran.code == 1
    assert "eager.toml: routing.priorities: " in ran.err
    assert "training.soon is above inference.soon" in ran.err


EAGER = """
summary = "Training that is always soon."
strategy = "neutral"
[routing.priorities.training]
soon = "high"
[space]
name = "ML"
"""
