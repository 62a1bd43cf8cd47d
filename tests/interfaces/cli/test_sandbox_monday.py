"""The Monday.com sandbox as a program of its own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.interfaces.cli.conftest import Cli

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("seed", ["ai_ml", "none"])
def test_it_answers_with_what_it_printed(seed: str, tmp_path: Path) -> None:
    """Address, token and boards are all that a client needs."""
    command = ["-m", "clickup_mlops", "sandbox", "monday", "--port", "0", "--json"]
    process = subprocess.Popen(
        [sys.executable, *command, "--seed", seed, "--items", "30"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        message = json.loads(process.stdout.readline())
        answer = requests.post(
            f"{message['url']}/v2",
            json={"query": "{ boards { id name items_count } }"},
            headers={"Authorization": message["token"]},
            timeout=10,
        )
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0

    boards = answer.json()["data"]["boards"]
    backlog = next(board for board in boards if board["name"] == "Backlog")
    assert backlog["items_count"] == 30
    assert ("LLM serving" in {entry["name"] for entry in message["boards"]}) == (seed == "ai_ml")


def test_an_unknown_plan_or_seed_is_reported_with_those_that_exist(cli: Cli) -> None:
    """No traceback, nothing started."""
    plan = cli("sandbox", "monday", "--port", "0", "--plan", "premium")
    seed = cli("sandbox", "monday", "--port", "0", "--seed", "huge")

    assert (plan.code, seed.code) == (1, 1)
    assert "enterprise" in plan.err
    assert "ai_ml" in seed.err
