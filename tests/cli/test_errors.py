"""How the command line fails: in words, with a way out and an exit code."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from clickup_mlops.errors import ConfigError
from clickup_mlops.store import Store
from tests.cli.conftest import Cli

COMMAND = [sys.executable, "-m", "clickup_mlops"]


def test_a_wrong_command_names_the_right_one(cli: Cli) -> None:
    """A mistyped command is an error, exit code 1, with the nearest name."""
    ran = cli("evnts")

    assert ran.code == 1
    assert "Did you mean 'events'?" in ran.err


def test_wrong_usage_is_not_work_to_do(cli: Cli) -> None:
    """Exit code 2 keeps its meaning: a usage error is 1."""
    assert cli("events", "list", "--limit", "0").code == 1


def test_an_error_is_a_message_and_a_hint(cli: Cli) -> None:
    """Errors raised on purpose show no traceback."""
    ran = cli("events", "list", "--config", "missing.toml")

    assert ran.code == 1
    assert ran.out == ""
    assert ran.err == (
        "Error: missing.toml: No such file or directory\nHint: `clickup-mlops init` writes one.\n"
    )


def test_a_file_that_cannot_be_written_is_named(cli: Cli) -> None:
    """A folder that is missing is the user's mistake: a message, no traceback."""
    Store.open("sqlite:///clickup-mlops.db").close()

    ran = cli("audit", "verify", "--anchors", "missing/anchors.txt")

    assert (ran.code, ran.err) == (1, "Error: missing/anchors.txt: No such file or directory\n")


def test_an_error_of_the_system_without_a_file_is_a_bug(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps its traceback."""

    def broken(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("clickup_mlops.cli._root.root", broken)
    with pytest.raises(OSError, match="Input/output"):
        cli("events", "list")


def test_debug_shows_where_an_error_comes_from(cli: Cli) -> None:
    """With --debug the exception goes through, traceback and all."""
    with pytest.raises(ConfigError):
        cli("--debug", "events", "list", "--config", "missing.toml")


def test_a_broken_configuration_lists_all_problems_at_once(cli: Cli) -> None:
    """Each wrong key is named with its file and dotted name; values are not repeated."""
    Path("config.toml").write_text(
        'nonsense = 1\n[server]\nport = "pk_1234567"\nhst = "0.0.0.0"\n[engine]\nworkers = 0\n'
    )

    ran = cli("events", "list")

    assert ran.code == 1
    for key in ("nonsense", "server.port", "server.hst", "engine.workers"):
        assert f"config.toml: {key}: " in ran.err
    assert "pk_1234567" not in ran.err


def test_broken_toml_is_told_with_its_line(cli: Cli) -> None:
    """A file that is not TOML is an error that says where."""
    Path("config.toml").write_text("[server]\nport = \n")

    ran = cli("events", "list")

    assert ran.code == 1
    assert "config.toml: not valid TOML" in ran.err
    assert "line 2" in ran.err


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`clickup-mlops ... | head -1` is quiet."""
    line = f"{sys.executable} -m clickup_mlops init --example | head -1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)

    assert done.stdout.startswith("# Settings of clickup-mlops")
    assert done.stderr == ""


def test_ctrl_c_leaves_quietly_with_130(tmp_path: Path) -> None:
    """An interrupt is neither success nor a traceback."""
    script = (
        "import os, signal, click\n"
        "from clickup_mlops.cli import _root\n"
        "group = click.Group('g', commands=[click.Command('c', callback="
        "lambda: os.kill(os.getpid(), signal.SIGINT))])\n"
        "_root.root = lambda: group\n"
        "raise SystemExit(_root.run(['c']))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.returncode == 128 + signal.SIGINT
    assert "Traceback" not in done.stderr


def test_output_has_no_colours_when_piped() -> None:
    """Escape codes are for terminals only."""
    done = subprocess.run([*COMMAND, "nonsense"], capture_output=True)

    assert b"\x1b[" not in done.stdout + done.stderr
