"""Automations from the command line."""

import json
import re
from pathlib import Path

from tests.interfaces.cli.conftest import Cli

QUIET = """\
summary = "Does nothing."
on = ["taskCreated"]
when = "task.open && false"
do = [{ action = "route" }]

[[example]]
name = "is wrong"
expect = [{ action = "route" }]

[[example]]
name = "is right"
expect = []
"""


def _mine(text: str) -> None:
    Path("mine").mkdir()
    Path("mine/quiet.toml").write_text(text)
    Path("config.toml").write_text('[automations]\nfolder = "mine"\n')


def test_the_shipped_automations_pass_their_examples(cli: Cli) -> None:
    """Judged by the configured policy and the real classifier."""
    ran = cli("automations", "test")

    assert ran.code == 0, ran.out
    assert ", 0 failed" in ran.out


def test_list_says_where_they_come_from(cli: Cli) -> None:
    """With a configured folder, that one."""
    _mine(QUIET)

    listed = json.loads(cli("automations", "list", "--json").out)

    assert listed["folders"] == ["mine"]
    assert [automation["name"] for automation in listed["automations"]] == ["quiet"]


def test_own_automations_are_used_besides_the_shipped_ones(cli: Cli) -> None:
    """One file is enough; of one name the own one holds, and the list says so."""
    Path("ours").mkdir()
    Path("ours/quiet.toml").write_text(QUIET)
    Path("ours/gpu_budget.toml").write_text(QUIET)
    Path("config.toml").write_text('[automations]\nown_folders = ["ours"]\n')

    listed = json.loads(cli("automations", "list", "--json").out)
    printed = cli("automations", "list").out.splitlines()

    files = {automation["name"]: automation["file"] for automation in listed["automations"]}
    shipped = {file.stem for file in (Path(__file__).parents[3] / "automations").glob("*.toml")}
    assert set(files) == shipped | {"quiet"}
    assert files["quiet"] == "ours/quiet.toml"
    assert files["gpu_budget"] == "ours/gpu_budget.toml"
    assert Path(files["inference_first"]).is_absolute()
    assert any("gpu_budget" in line and "[2] instead of [1]" in line for line in printed)
    assert printed[-1] == "[2] ours"
    assert "wrong" in cli("automations", "test", "gpu_budget").out


def test_a_failing_example_is_named(cli: Cli) -> None:
    """With what it expected and what happened; exit code 1."""
    _mine(QUIET)

    ran = cli("automations", "test", "quiet")

    assert ran.code == 1
    assert "FAIL quiet: is wrong" in ran.out
    assert "ok   quiet: is right" in ran.out
    assert "1 passed, 1 failed" in ran.out


def test_what_differs_is_shown_line_by_line(cli: Cli) -> None:
    """Missing actions with a minus, others with a plus."""
    _mine(QUIET)

    ran = cli("automations", "test", "mine/quiet.toml")

    assert ran.code == 1
    assert '     - action = "route"' in ran.out


def test_the_old_name_of_the_group_still_works(cli: Cli) -> None:
    """Scripts that use it go on."""
    assert cli("automations", "list").code == 0


def test_a_broken_file_does_not_stop_the_others(cli: Cli) -> None:
    """All others are tested; the broken one is a failure, with file and key."""
    _mine(QUIET)
    Path("mine/broken.toml").write_text(QUIET.replace('["taskCreated"]', '["taskCreate"]'))
    Path("mine/unreadable.toml").write_text("summary = \n")

    ran = cli("automations", "test")

    assert ran.code == 1
    assert "ok   quiet: is right" in ran.out
    assert 'FAIL mine/broken.toml: on.0: no event is called "taskCreate"' in ran.out
    assert "FAIL mine/unreadable.toml: not valid TOML" in ran.out
    assert "2 files cannot be used" in ran.out


def test_what_is_named_is_tested_alone(cli: Cli) -> None:
    """A broken file is only reported if it is named, by its name or as a file; also as JSON."""
    _mine(QUIET.replace("false", "true"))
    Path("mine/broken.toml").write_text(QUIET.replace('["taskCreated"]', '["taskCreate"]'))

    assert "broken" not in cli("automations", "test", "quiet").out
    assert cli("automations", "show", "quiet").code == 0
    for name in ("broken", "mine/broken.toml"):
        ran = cli("automations", "test", "quiet", name, "--json")
        result = json.loads(ran.out)
        assert ran.code == 1
        assert [(problem["file"], problem["key"]) for problem in result["problems"]] == [
            ("mine/broken.toml", "on.0")
        ]
        assert result["examples"]
    assert "broken.toml: on.0" in cli("automations", "show", "broken").err


def test_show_tells_all_about_an_automation(cli: Cli) -> None:
    """As text and as JSON."""
    _mine(QUIET)

    text = cli("automations", "show", "quiet").out
    assert "when      task.open && false" in text
    assert "do        1. route" in text
    assert "at most 100 writes an hour" in text
    output = json.loads(cli("automations", "show", "quiet", "--json").out)
    assert (output["name"], output["do"]) == ("quiet", [{"action": "route", "target": "self"}])


def test_show_says_when_and_for_what_it_is_evaluated(cli: Cli) -> None:
    """Schedules as they are written, settings with their meaning, what is left out and why."""
    deferred = cli("automations", "show", "training_deferred").out
    assert "schedule  */10 * * * * (UTC), for each open task" in deferred
    assert "schedule:training_deferred" not in deferred
    assert "left out: webhook (`scheduler` is not set)" in deferred
    assert "Number of simultaneous live incidents that defers training." in deferred
    _mine(QUIET.replace("when =", 'per = "parent"\nafter = "PT2M"\nwhen ='))
    output = cli("automations", "show", "quiet").out
    assert "taskCreated of subtasks, for their parent, once for all that change" in output


def test_list_counts_the_modes(cli: Cli) -> None:
    """And says how to go on."""
    _mine(QUIET)
    assert "1 on. `automations show NAME`" in cli("automations", "list").out


def test_a_broken_file_is_named_with_its_key(cli: Cli) -> None:
    """And the others are still listed."""
    _mine(QUIET)
    Path("mine/broken.toml").write_text(QUIET.replace('["taskCreated"]', '["taskCreate"]'))

    ran = cli("automations", "list")

    assert ran.code == 1
    assert "quiet" in ran.out
    assert "broken.toml: on.0" in ran.err
    assert 'did you mean "taskCreated"?' in ran.err


def test_an_unknown_name_lists_the_known_ones(cli: Cli) -> None:
    """So that it can be corrected."""
    ran = cli("automations", "test", "nonsense")

    assert ran.code == 1
    assert "inference_first" in ran.err


def test_list_shows_what_the_configuration_chose_and_what_is_not_set(cli: Cli) -> None:
    """A choice about an automation that does not exist is told with the one meant."""
    head = '[automations.by_name.weekly_overrides]\nmode = "canary"\n'
    Path("config.toml").write_text(f'{head}canary = {{ share = 0.5 }}\nsettings.doc = "Review"\n')
    listed = json.loads(cli("automations", "list", "--json").out)["automations"]
    output = {entry["name"]: (entry["mode"], entry["unset"]) for entry in listed}
    assert output["weekly_overrides"] == ("canary", [])
    assert output["incident_review"] == ("off", ["doc", "list"])
    assert output["live_incident"] == ("off", [])

    Path("config.toml").write_text(head.replace("weekly_", "weekly"))
    ran = cli("automations", "list")
    assert ran.code == 1
    assert 'did you mean "weekly_overrides"?' in ran.err


def test_what_the_page_about_switching_on_shows_is_accepted(cli: Cli) -> None:
    """All its blocks together are one configuration, and lint finds no report that is not heard."""
    page = Path(__file__).parents[3] / "docs/how-to/switch-automations-on.md"
    blocks = re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    Path("config.toml").write_text("\n".join(blocks), encoding="utf-8")

    listed = json.loads(cli("automations", "list", "--json").out)["automations"]
    assert {entry["name"]: entry["mode"] for entry in listed}["stale_training_run"] == "on"
    assert {entry["name"]: entry["unset"] for entry in listed}["live_incident"] == []
    assert "does not receive" not in cli("automations", "lint").out
