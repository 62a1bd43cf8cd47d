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

from clickup_mlops.errors import ContentError
from clickup_mlops.sandbox import Sandbox
from tests.interfaces.cli.conftest import Cli

ROOT = Path(__file__).parents[3]


@contextmanager
def _serving(folder: Path, *options: str) -> Iterator[dict[str, Any]]:
    """`sandbox serve` on a free port, told to stop at the end; what it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "clickup_mlops", "sandbox", "serve", "--port", "0", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_it_answers_with_what_it_printed(tmp_path: Path) -> None:
    """Address, token and workspace are all that a client needs."""
    with _serving(tmp_path, "--json") as told:
        answer = requests.get(
            f"{told['url']}/api/v2/team", headers={"Authorization": told["token"]}, timeout=10
        )

    assert [team["id"] for team in answer.json()["teams"]] == [told["workspace_id"]]


def test_its_state_outlives_it(tmp_path: Path) -> None:
    """With --state, the next run goes on where the last one ended."""
    for expected in (0, 1):
        with _serving(tmp_path, "--json", "--state", "state.db") as told:
            api, header = f"{told['url']}/api/v2", {"Authorization": told["token"]}
            team = f"{api}/team/{told['workspace_id']}"
            found = requests.get(f"{team}/task", headers=header, timeout=10).json()["tasks"]
            assert len(found) == expected
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
    kept = cli("sandbox", "serve", "--port", "0", "--state", "notes.txt")

    assert (seeded.code, kept.code) == (1, 1)
    assert "empty.toml: missing or wrong: 'team'" in seeded.err
    assert "notes.txt: the sandbox cannot keep its state there" in kept.err
    assert cli("sandbox", "serve", "--rate-limit", "-5").code == 1


def test_a_wrong_seed_leaves_nothing_in_the_state_file(tmp_path: Path) -> None:
    """The next start, with the right one, plants it whole."""
    wrong, state = tmp_path / "half.toml", tmp_path / "state.db"
    wrong.write_text("[team]\nname = 'T'\n[[member]]\nusername = 'x'\nemail = 'x@y'\n[[space]]\n")
    with pytest.raises(ContentError, match=r"half\.toml: missing or wrong: 'name'"):
        Sandbox(seed=wrong, state_file=state)

    again = Sandbox(state_file=state)
    assert again.world.is_new
    again.close()
