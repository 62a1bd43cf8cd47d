"""`discover run`: a report and a proposal in a folder, and nobody's name in any of it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.features.discovery import jira_world
from tests.features.discovery.worlds import World, build
from tests.interfaces.cli.conftest import Cli, cli, connected

__all__ = ["cli", "connected"]
PLANTED = ("ping_pong", "slow_first_answer")
NAME = re.compile(r"person\d{3}", re.IGNORECASE)


@pytest.fixture(scope="module")
def world() -> World:
    return build(7, 240, PLANTED, places=2)


def files(world: World, folder: Path) -> list[str]:
    return list(map(str, jira_world.write(world, folder)))


def texts(folder: Path) -> dict[str, str]:
    return {str(path): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_provision_and_migrate_accept_the_proposal_unchanged(
    connected: Cli, world: World, tmp_path: Path
) -> None:
    """Each command that is printed runs; each line of the proposal names a finding."""
    ran = connected("discover", "run", "jira", *files(world, tmp_path), "--out", "out")
    commands = re.findall(r"^  clickup-mlops (.+)$", ran.out, re.MULTILINE)
    proposal = tmp_path / "out" / "proposal"

    assert ran.code == 2
    assert len(commands) == 3 and "migrate plan" in commands[-1]
    for command in commands:
        words = command.split()
        paths = [str(proposal / word) if word.endswith(".toml") else word for word in words]
        planned = connected(*paths)
        assert planned.code in (2, 3), planned.err
    for file in (proposal / "provision").iterdir():
        assert "ping_pong in" in file.read_text() or "slow_first_answer in" in file.read_text()
    automations = (proposal / "automations.toml").read_text()
    assert "[automations.by_name.rollout_gate]" in automations
    config = Path("config.toml")
    config.write_text(f"{config.read_text()}\n{automations}")
    assert connected("automations", "list").code == 0


def test_no_name_is_in_any_output(cli: Cli, world: World, tmp_path: Path) -> None:
    """Without --names: neither printed nor written; with it they are in the report."""
    exported = files(world, tmp_path)
    (tmp_path / "config.toml").write_text("")
    ran = cli("discover", "run", "jira", *exported, "--out", "out", "--json")
    outputs = {"out": ran.out, "err": ran.err, **texts(tmp_path / "out")}
    cli("discover", "run", "jira", *exported, "--out", "named", "--names")

    assert json.loads(ran.out)["findings"]
    assert not {name for name, text in outputs.items() if NAME.search(text)}
    assert NAME.search((tmp_path / "named/discovery.md").read_text())


def test_nothing_is_said_of_three_people(cli: Cli, world: World, tmp_path: Path) -> None:
    """Their board has other findings still; how many looks were left out is said."""
    few = {f"person{number:03}": f"person{number % 3:03}" for number in range(200)}
    stories = [
        replace(
            story,
            reporter=few[story.reporter],
            hands=[(at, few[person]) for at, person in story.hands],
            said=[replace(message, who=few[message.who]) for message in story.said],
        )
        for story in world.stories
    ]
    (tmp_path / "config.toml").write_text("")
    exported = files(World(stories, world.planted), tmp_path)
    ran = cli("discover", "run", "jira", *exported, "--out", "out", "--json")
    result = json.loads(ran.out)
    report = (tmp_path / "out/discovery.md").read_text()

    assert {finding["kind"] for finding in result["findings"]} == {"ping_pong"}
    assert result["hidden"] > 0
    assert "left out, because fewer than 5 people" in report
    assert "| fewer than 5 |" in report and "First answer" not in report


def test_the_sample_shows_what_it_says(cli: Cli, tmp_path: Path) -> None:
    """A made-up team, written by one command and read by the other."""
    (tmp_path / "config.toml").write_text("")
    text = cli("discover", "sample", "issues.json")
    ran = cli("discover", "run", "jira", "issues.json", "--json")
    result = {(finding["kind"], finding["place"]) for finding in json.loads(ran.out)["findings"]}

    assert text.out.split() == ["clickup-mlops", "discover", "run", "jira", "issues.json"]
    assert result == {
        ("waiting_stage", "Model serving"),
        ("inference_behind_training", "Model serving"),
        ("slow_first_answer", "Research"),
        ("tool_switches", "Research"),
    }
    assert cli("discover", "sample", "issues.json").code == 1
