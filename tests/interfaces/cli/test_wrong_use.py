"""What a new user gets wrong: each message names file or key, and what to do next."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from tests.interfaces.cli.conftest import Cli

SETTINGS = {
    "broken.toml": "garbage = [",
    "folder.toml": '[automations]\nfolder = "autos"\n',
    "own.toml": '[automations]\nown_folders = ["mine"]\n',
    "mysql.toml": '[store]\nurl = "mysql://x/y"\n',
    "memory.toml": '[store]\nurl = "sqlite://"\n',
    "url.toml": '[store]\nurl = "no url"\n',
    "teams.toml": '[automations]\nown_folders = ["automations"]\n',
    "place.toml": '[store]\nurl = "sqlite:///nowhere/bot.db"\n',
}
SYNTAX = "Hint: Texts stand in quotes, lists in brackets, names of tables in [brackets]"
STORE = "Hint: Use sqlite:///bot.db or postgresql://user@host/database."


@pytest.fixture
def beginner(cli: Cli) -> Cli:
    for name, text in SETTINGS.items():
        Path(name).write_text(text)
    Path("automations").mkdir()
    Path("automations/broken.toml").write_text("x = ")
    return cli


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ("check --config broken.toml", "broken.toml: not valid TOML: ", SYNTAX),
        ("automations lint --config teams.toml", "broken.toml: not valid TOML: ", SYNTAX),
        ("automations list --config folder.toml", "automations.folder: autos ", "Hint: Create it"),
        ("automations list --config own.toml", "automations.own_folders: mine ", "Hint: Create it"),
        ("provision list --templates t", "templates: t does not exist", "Hint: Create it"),
        ("events list --config mysql.toml", "store.url: mysql cannot be used", STORE),
        ("events list --config memory.toml", "store.url: it needs a file", "Hint: Use sqlite"),
        ("events list --config url.toml", "store.url: it cannot be read", STORE),
        ("prune --config place.toml", "store.url: folder ", "Hint: Create it"),
        (
            "migrate draft asana nofile.json --out m.toml",
            "nofile.json: No such ",
            "Hint: Check the",
        ),
    ],
)
def test_a_message_names_the_place_and_the_next_step(
    beginner: Cli, words: str, message: str, hint: str
) -> None:
    """Without a traceback."""
    ran = beginner(*words.split())

    assert ran.code == 1
    assert message in ran.err
    assert hint in ran.err


def test_a_wrong_token_or_address_is_named_by_its_key(
    connected: Cli, clickup_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a List that is not there by what shows those that are."""
    assert "Hint: `clickup-mlops init --guided` shows those" in connected("live", "Nowhere").err
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__TOKEN", "pk_1_WRONG")
    assert "clickup.token" in connected("whoami").err
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__BASE_URL", "http://127.0.0.1:9")
    assert "clickup.base_url" in connected("whoami").err


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash, which limits a file's size")
def test_a_full_disk_is_not_taken_for_a_wrong_file(cli: Cli) -> None:
    """Of the sandbox's state. `-B`: compiled modules would be cut, too, and stay so."""
    command = f"{sys.executable} -B -m clickup_mlops sandbox serve --port 0 --state s"
    limited = ["bash", "-c", f"ulimit -f 1; exec {command}"]
    ran = subprocess.run(limited, capture_output=True, text=True, timeout=60)

    assert ran.returncode == 1
    assert "Hint: Free some disk space" in ran.stderr
