"""How the command line fails: in words, with a way out and an exit code."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from clickup_mlops.errors import ConfigError
from clickup_mlops.store import Store
from tests.interfaces.cli.conftest import Cli

COMMAND = [sys.executable, "-m", "clickup_mlops"]


def test_a_wrong_command_names_the_right_one(cli: Cli) -> None:
    """A mistyped command is an error, exit code 1, with the nearest name."""
    ran = cli("evnts")

    assert ran.code == 1
    assert "Did you mean 'events'?" in ran.err


def test_what_other_programs_call_rules_is_found(cli: Cli) -> None:
    """The nearest name by its letters would be another thing."""
    assert "Did you mean 'automations'?" in cli("rules").err


def test_an_option_with_one_value_is_not_given_twice(cli: Cli) -> None:
    """Else all but the last would be dropped without a word; those that take several do."""
    for value in (
        ("check", "--config", "a.toml", "--config", "b.toml"),
        ("why", "--config=a", "x", "--config", "b"),
    ):
        ran = cli(*value)
        assert (ran.code, "--config is given 2 times" in ran.err) == (1, True)
    assert "times" not in cli("serve", "--config", "a.toml", "--config", "b.toml").err


READ_ONLY = [
    ("check",),
    ("doctor", "--json"),
    ("why", "t1"),
    ("events", "list"),
    ("audit", "list"),
    ("mutes", "list"),
    ("corrections", "list"),
    ("undo", "inference_first", "--since", "2h"),
    ("what-if", "--set", "routing.min_confidence=0.5"),
    ("automations", "list"),
    ("automations", "lint"),
    ("automations", "test"),
    ("automations", "runs"),
    ("automations", "simulate"),
    ("automations", "recording"),
    ("provision", "plan", "small"),
    ("routing", "learn"),
    ("backup", "copy.db"),
    ("prune",),
]


@pytest.mark.parametrize("command", READ_ONLY, ids=" ".join)
def test_what_only_looks_creates_no_database(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """In the wrong folder an empty one would look like the bot's. Path and --config are named."""
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__TOKEN", "pk_1_x")
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__BASE_URL", "http://127.0.0.1:9")

    ran = cli(*command)

    assert not list(Path().glob("*.db"))
    if "no database" in ran.err + ran.out:
        printed = " ".join((ran.err + ran.out).split())
        assert f"there is no database {Path('clickup-mlops.db').absolute()} yet" in printed
        assert "--config FILE" in printed


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

    assert (ran.code, ran.err) == (
        1,
        "Error: missing/anchors.txt: No such file or directory\n"
        "Hint: Check the path: its folder has to exist.\n",
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which is never empty")
@pytest.mark.parametrize(
    "arguments", ["init --example > /dev/full", "provision list --json > /dev/full"]
)
def test_a_full_disk_is_a_message(arguments: str) -> None:
    """Whatever could not be written: no traceback, and nothing more when Python ends."""
    line = f"{sys.executable} -m clickup_mlops {arguments}"
    outcome = subprocess.run(["bash", "-c", line], capture_output=True, text=True)

    assert outcome.returncode == 1
    assert outcome.stderr == (
        "Error: the output: No space left on device\n"
        "Hint: Free some disk space, or name another place.\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which is never empty")
def test_a_file_on_a_full_disk_is_a_message(cli: Cli) -> None:
    """As a command writes it itself."""
    Store.open("sqlite:///clickup-mlops.db").close()

    ran = cli("audit", "verify", "--anchors", "/dev/full")

    assert ran.code == 1
    assert "No space left on device" in ran.err
    assert "Free some disk space" in ran.err


def test_an_error_of_the_system_without_a_file_is_a_bug(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps its traceback."""

    def broken(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("clickup_mlops.interfaces.cli._root.root", broken)
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


def test_a_configuration_in_another_encoding_is_named_with_its_line(cli: Cli) -> None:
    """In words; not those of a codec."""
    Path("config.toml").write_bytes(b'[clickup]\ntoken = "pk_w\xf6rd"\n')

    ran = cli("events", "list")

    assert (ran.code, ran.err) == (
        1,
        "Error: config.toml: line 2 is not UTF-8\nHint: Save it as UTF-8.\n",
    )


def test_a_wrong_duration_shows_how_durations_are_written(cli: Cli) -> None:
    """Not the name of a type of Python."""
    Path("config.toml").write_text('[clickup]\ntimeout = "5 parsecs"\n')

    assert 'clickup.timeout: Input should be a duration, such as "PT30S"' in cli("check").err


# The last one is what Python chooses for the locale "C" where its UTF-8 mode is off.
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "ascii:surrogateescape"])
@pytest.mark.parametrize("words", ["list", "show mine", "list --json", "show mine --json"])
def test_characters_that_a_terminal_lacks_are_no_error(
    tmp_path: Path, encoding: str, words: str
) -> None:
    """Lists are printed all the same, and JSON stays JSON."""
    summary = "Antwortzeit → über 200 ms"
    (tmp_path / "mine.toml").write_text(
        f'summary = "{summary}"\non = ["taskUpdated"]\ndo = [{{ action = "route" }}]\n'
        '[[example]]\nname = "a"\ntask = {}\nexpect = [{ action = "route" }]\n'
        '[[example]]\nname = "b"\ntask = { status = "closed" }\nexpect = []\n',
        encoding="utf-8",
    )
    environment = os.environ | {
        "PYTHONIOENCODING": encoding,
        "CLICKUP_MLOPS_AUTOMATIONS__OWN_FOLDERS": json.dumps([str(tmp_path)]),
    }
    command = [*COMMAND, "automations", *words.split()]
    outcome = subprocess.run(command, capture_output=True, env=environment, cwd=tmp_path)

    assert (outcome.returncode, outcome.stderr) == (0, b"")
    if "--json" in words:
        assert summary in json.dumps(json.loads(outcome.stdout), ensure_ascii=False)
    else:
        assert b"Antwortzeit " in outcome.stdout


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`clickup-mlops ... | head -1` is quiet."""
    line = f"{sys.executable} -m clickup_mlops init --example | head -1"
    outcome = subprocess.run(["bash", "-c", line], capture_output=True, text=True)

    assert outcome.stdout.startswith("# Settings of clickup-mlops")
    assert outcome.stderr == ""

    line = f"{sys.executable} -m clickup_mlops help upgrade | true"
    outcome = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert outcome.stderr == ""


def test_ctrl_c_leaves_quietly_with_130(tmp_path: Path) -> None:
    """An interrupt is neither success nor a traceback."""
    script = (
        "import os, signal, click\n"
        "from clickup_mlops.interfaces.cli import _root\n"
        "group = click.Group('g', commands=[click.Command('c', callback="
        "lambda: os.kill(os.getpid(), signal.SIGINT))])\n"
        "_root.root = lambda: group\n"
        "raise SystemExit(_root.run(['c']))\n"
    )
    outcome = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert outcome.returncode == 128 + signal.SIGINT
    assert "Traceback" not in outcome.stderr


def test_a_damaged_file_of_a_module_is_no_interrupt(tmp_path: Path) -> None:
    """Python says of it that it ends too early, as it says of a terminal that is closed."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [*COMMAND, "prune", "--help"]
    subprocess.run(command, capture_output=True, env=environment, check=True)
    (compiled,) = tmp_path.rglob("interfaces/cli/prune.*.pyc")
    compiled.write_bytes(compiled.read_bytes()[:100])
    outcome = subprocess.run(command, capture_output=True, text=True, env=environment)

    assert outcome.returncode == 1
    assert "EOFError" in outcome.stderr


def test_output_has_no_colours_when_piped() -> None:
    """Escape codes are for terminals only."""
    outcome = subprocess.run([*COMMAND, "nonsense"], capture_output=True)

    assert b"\x1b[" not in outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    "command", [("metrics", "push"), ("backfill",), ("provision", "apply", "base")]
)
def test_without_a_token_no_database_is_created(cli: Cli, command: tuple[str, ...]) -> None:
    """What writes may create it, but nothing can be written."""
    ran = cli(*command)

    assert (ran.code, "clickup.token is not set" in ran.err) == (1, True)
    assert not list(Path().glob("*.db"))
