"""The sandbox as a program of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from clickup_mlops.errors import ConfigError, ContentError
from clickup_mlops.sandbox import Sandbox
from tests.interfaces.cli.conftest import Cli

ROOT = Path(__file__).parents[3]


@contextmanager
def _serving(
    folder: Path, *options: str, ending: signal.Signals = signal.SIGINT, code: int = 0
) -> Iterator[dict[str, Any]]:
    """`sandbox serve` on a free port, told to stop at the end; what it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "clickup_mlops", "sandbox", "serve", "--port", "0", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.send_signal(ending)
        try:
            assert process.wait(20) == code
        finally:
            process.kill()


def test_it_answers_with_what_it_printed(tmp_path: Path) -> None:
    """Address, token and workspace are all that a client needs."""
    with _serving(tmp_path, "--json") as message:
        answer = requests.get(
            f"{message['url']}/api/v2/team", headers={"Authorization": message["token"]}, timeout=10
        )

    assert [team["id"] for team in answer.json()["teams"]] == [message["workspace_id"]]


@pytest.mark.parametrize(
    ("ending", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_no_signal_that_ends_it_leaves_a_temporary_file(
    ending: signal.Signals, code: int, tmp_path: Path
) -> None:
    """Ctrl-C, a service manager, a closed terminal. No file has a key, not even while it runs."""
    pytest.importorskip("cryptography")
    with _serving(tmp_path, "--json", "--intercept", ending=ending, code=code) as message:
        authority = Path(message["SSL_CERT_FILE"])
        assert authority.is_relative_to(tmp_path)
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert not [path for path in files if b"PRIVATE KEY" in path.read_bytes()]

    assert [*tmp_path.iterdir()] == []


def test_the_sandbox_alone_leaves_no_temporary_file_either(tmp_path: Path) -> None:
    """`clickup-sandbox`, the program of its own distribution."""
    pytest.importorskip("cryptography")
    program = ROOT / "distributions" / "sandbox" / "own" / "__main__.py"
    with subprocess.Popen(
        [sys.executable, program, "--port", "0", "--intercept", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert Path(json.loads(process.stdout.readline())["SSL_CERT_FILE"]).is_file()
        process.terminate()

    assert process.returncode == 128 + signal.SIGTERM
    assert [*tmp_path.iterdir()] == []


def test_its_state_outlives_it(tmp_path: Path) -> None:
    """With --state, the next run goes on where the last one ended."""
    for expected in (0, 1):
        with _serving(tmp_path, "--json", "--state", "state.db") as message:
            api, header = f"{message['url']}/api/v2", {"Authorization": message["token"]}
            team = f"{api}/team/{message['workspace_id']}"
            tasks = requests.get(f"{team}/task", headers=header, timeout=10).json()["tasks"]
            assert len(tasks) == expected
            space = requests.get(f"{team}/space", headers=header, timeout=10).json()["spaces"][0]
            lists = requests.get(f"{api}/space/{space['id']}/list", headers=header, timeout=10)
            list_id = lists.json()["lists"][0]["id"]
            body = {"name": "Kept"}
            requests.post(f"{api}/list/{list_id}/task", json=body, headers=header, timeout=10)


def test_an_unknown_plan_or_seed_is_told_with_those_that_exist(cli: Cli) -> None:
    """No traceback, nothing started."""
    plan = cli("sandbox", "serve", "--port", "0", "--plan", "Premium")
    seed = cli("sandbox", "serve", "--port", "0", "--seed", "huge")

    assert (plan.code, seed.code) == (1, 1)
    assert "Business Plus" in plan.err
    assert "demo" in seed.err


def test_a_file_that_is_no_seed_or_no_state_is_told_by_its_name(cli: Cli, tmp_path: Path) -> None:
    """With what is wrong in it, and no traceback."""
    (tmp_path / "empty.toml").write_text("[[space]]\nname = 'x'\n")
    (tmp_path / "notes.txt").write_text("no database")
    seeded = cli("sandbox", "serve", "--port", "0", "--seed", "empty.toml")
    stored = cli("sandbox", "serve", "--port", "0", "--state", "notes.txt")

    assert (seeded.code, stored.code) == (1, 1)
    assert "empty.toml: missing or wrong: 'team'" in seeded.err
    assert "notes.txt: the sandbox cannot keep its state there" in stored.err
    assert "Hint: Name a file that does not exist yet" in stored.err
    assert cli("sandbox", "serve", "--rate-limit", "-5").code == 1


def test_a_damaged_state_file_is_not_taken_for_a_full_disk(tmp_path: Path) -> None:
    """Though SQLite calls it a malformed disk image."""
    state = tmp_path / "state.db"
    Sandbox(state_file=state).close()
    with state.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 500)

    with pytest.raises(ConfigError, match="malformed") as problem:
        Sandbox(state_file=state)
    assert problem.value.hint.startswith("Name a file that does not exist yet")


def test_a_wrong_seed_leaves_nothing_in_the_state_file(tmp_path: Path) -> None:
    """The next start, with the right one, plants it whole."""
    wrong, state = tmp_path / "half.toml", tmp_path / "state.db"
    wrong.write_text("[team]\nname = 'T'\n[[member]]\nusername = 'x'\nemail = 'x@y'\n[[space]]\n")
    with pytest.raises(ContentError, match=r"half\.toml: missing or wrong: 'name'"):
        Sandbox(seed=wrong, state_file=state)

    again = Sandbox(state_file=state)
    assert again.world.is_new
    again.close()
