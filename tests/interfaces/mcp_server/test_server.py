"""What needs no process: one place for a tool, bounds, and what keeps the command from starting."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client.client import Client
from pydantic import SecretStr

from clickup_mlops.bot.settings import McpSettings, Settings
from clickup_mlops.errors import ConfigError, InputError
from clickup_mlops.features.undo.mcp_tools import undo_change
from clickup_mlops.interfaces.mcp_server import http, tools
from clickup_mlops.interfaces.mcp_server.server import MOST_BYTES, build
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.store import Filter
from tests.interfaces.mcp_server.conftest import ROOT, World, text

TOOL = '''
"""Repeat a word."""

from clickup_mlops.errors import InputError
from clickup_mlops.ports.mcp.model import Answer, Tool


class Echo(Answer):
    """The word."""

    word: str


def call(access, *, word: str, times: int = 1) -> Echo:
    if word == "no":
        raise InputError("not that word", hint="Say yes.")
    if word == "bug":
        raise RuntimeError("pk_1_SECRETSECRET is in here")
    return Echo(word=word * times)


TOOL = Tool(call)
'''


@pytest.fixture
def extended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that was added: one file."""
    (tmp_path / "echo_word.py").write_text(TOOL, encoding="utf-8")
    monkeypatch.setattr(tools, "__path__", [*tools.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, f"{tools.__name__}.echo_word", raising=False)


def called(name: str, settings: Settings | None = None, **arguments: Any) -> Any:
    """The result of a tool of a server in this process."""
    server = build(Access(settings or Settings.model_construct()), allow_writes=True)

    async def ask() -> Any:
        async with Client(server) as client:
            return await client.call_tool(name, arguments)

    return anyio.run(ask)


def test_a_tool_is_one_file(extended: None) -> None:
    """Listed, typed and called; its errors keep their hint, and a bug shows nothing of itself."""
    assert called("echo_word", word="yes").structured_content == {"word": "yes"}
    assert text(called("echo_word", word="no")).endswith("not that word\nHint: Say yes.")
    assert text(called("echo_word", word="bug")) == "Error executing tool echo_word"
    assert "wrod" in text(called("echo_word", word="yes", wrod="yes"))
    assert "should be a valid integer" in text(called("echo_word", word="yes", times="many"))


def test_an_answer_is_bounded_and_clean(extended: None) -> None:
    """One that is too large is an error that says what to do; secrets and escapes are hidden."""
    large = called("echo_word", word="x", times=MOST_BYTES)
    assert large.is_error
    assert "`limit`" in text(large)
    content = called("echo_word", word="pk_1_ABCDEFGHIJ \x1b[2J").structured_content
    assert content == {"word": "[redacted] \\u001b[2J"}


def test_an_agent_undoes_no_more_than_some_changes_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More of them are for a person; nothing of it is undone."""
    settings = world.team.bot.settings
    (change,) = world.team.bot.store.audit.list(Filter(task_id=world.inference), 9)
    monkeypatch.setattr(undo_change, "MOST_CHANGES", 0)
    result = called("undo_change", settings, target=f"event:{change.cause}")
    assert result.is_error
    assert "1 changes, and at most 0" in text(result)
    assert world.team.priority(world.inference) == 3


def test_without_a_store_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a tool's error with a hint, and no store is made."""
    monkeypatch.chdir(tmp_path)
    result = called("whats_first")
    assert result.is_error
    assert "Hint" in text(result)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("token", "says"), [("", "not set"), ("short", "too short")])
def test_http_needs_a_token_that_cannot_be_guessed(token: str, says: str) -> None:
    """Before anything listens."""
    with pytest.raises(ConfigError, match=says) as refused:
        http.auth(Settings.model_construct(mcp=McpSettings(token=SecretStr(token))))
    assert "CLICKUP_MLOPS_MCP__TOKEN" in refused.value.hint


def test_other_machines_are_let_in_only_on_purpose() -> None:
    """A port that is in use is an error, too."""
    for host in ("0.0.0.0", "example.org", "::"):
        with pytest.raises(InputError, match="other machines") as refused:
            http.listen(host, 0, allow_remote=False)
        assert "--allow-remote" in refused.value.hint
    for host in ("127.0.0.1", "localhost", "::1"):
        http.listen(host, 0, allow_remote=False).close()
    with (
        http.listen("0.0.0.0", 0, allow_remote=True) as used,
        pytest.raises(InputError, match="cannot listen"),
    ):
        http.listen("0.0.0.0", used.getsockname()[1], allow_remote=True)


def _python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_sdk_is_imported_by_the_command_alone(tmp_path: Path) -> None:
    """Not for help, not for the command's own help, and not by the tools."""
    code = (
        "import sys\n"
        "from clickup_mlops.interfaces.cli._root import run\n"
        "run(['--help']); run(['mcp', '--help'])\n"
        "from clickup_mlops import registry\n"
        "from clickup_mlops.interfaces.mcp_server import tools\n"
        "registry.find_all('mcp_tools', 'TOOL', tools)\n"
        "sys.exit(any(name.partition('.')[0] in ('mcp', 'uvicorn') for name in sys.modules))\n"
    )
    ran = _python(code, tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "Let agents ask the bot" in ran.stdout


def test_without_the_sdk_the_command_says_how_to_install_it(tmp_path: Path) -> None:
    """With exit code 1 and no traceback."""
    code = (
        "import sys\n"
        "sys.modules['mcp'] = None\n"
        "from clickup_mlops.interfaces.cli._root import run\n"
        "sys.exit(run(['mcp']))\n"
    )
    ran = _python(code, tmp_path)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "pip install 'clickup-mlops[mcp]'" in ran.stderr
    assert "Traceback" not in ran.stderr
