"""The scene `migration` of the demonstration."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "clickup_mlops", "demo"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


@pytest.mark.slow
def test_boards_move_and_are_compared(tmp_path: Path) -> None:
    """Everything but the file that is gone, with no difference; nothing is left behind."""
    ran = subprocess.run(
        [*COMMAND, "migration", "--json"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        check=True,
    )
    report: dict[str, Any] = json.loads(ran.stdout)

    assert report["boards"] == 5
    assert report["created"]["task"] > 20
    (failed,) = report["failed"]
    assert failed == (
        'file 1000000114 of "Quantise llama-70b to FP8": '
        "file 1000000114 is gone. It was deleted in Monday.com."
    )
    assert report["differences"] == 0
    assert [*tmp_path.iterdir()] == []
