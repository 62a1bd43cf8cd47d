"""Commands that need the store while PostgreSQL is away: an error in words, and nothing secret."""

import json
from pathlib import Path

import pytest

from tests.interfaces.cli.conftest import Cli

pytestmark = pytest.mark.services

# Nobody listens there.
AWAY = "postgresql+psycopg://bot:hunter22@127.0.0.1:1/bot"
COMMANDS = [
    "audit export out.jsonl",
    "audit list",
    "audit show 1",
    "audit verify",
    "backfill",
    "backup out.db",
    "events list",
    "events replay 1",
    "events show 1",
    "hooks heal",
    "hooks list",
    "hooks rotate",
    "corrections export out.csv",
    "corrections list",
    "provision apply base",
    "provision plan base",
    "prune",
    "restore copy.db",
    "routing learn",
    "automations recording",
    "automations simulate",
    "undo 1",
    "what-if --policy policy.toml",
    "why 86abc",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_says_that_the_database_is_away(
    connected: Cli, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Where it was looked for, and what to look at; no traceback, no password."""
    assert connected("backup", "copy.db").code == 0
    Path("policy.toml").write_text("[routing]\n")
    monkeypatch.setenv("CLICKUP_MLOPS_STORE__URL", AWAY)

    ran = connected(*command.split())

    assert ran.code == 1
    assert "127.0.0.1:1/bot" in ran.err
    assert "Connection refused" in ran.err
    assert "Hint: Is PostgreSQL running" in ran.err
    assert "hunter22" not in ran.out + ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("engine", ["threads", "celery", "procrastinate"])
@pytest.mark.parametrize("command", ["check", "doctor"])
def test_an_examination_goes_on_without_the_database(
    connected: Cli, monkeypatch: pytest.MonkeyPatch, command: str, engine: str
) -> None:
    """What needs it is skipped or told as a problem; the rest is looked at."""
    monkeypatch.setenv("CLICKUP_MLOPS_STORE__URL", AWAY)
    monkeypatch.setenv("CLICKUP_MLOPS_ENGINE__KIND", engine)

    ran = connected(command, "--json")

    checks = {check["check"]: check for check in json.loads(ran.out)["checks"]}
    assert ran.code == 1
    problems = [entry["text"] for entry in checks.values() if entry["state"] == "problem"]
    assert any("Connection refused" in text for text in problems)
    assert checks["store"]["state"] in ("problem", "skipped")
    assert checks["token"]["state"] == "ok"
    assert checks["engine"]["state"] == "skipped"
    assert "hunter22" not in ran.out + ran.err
