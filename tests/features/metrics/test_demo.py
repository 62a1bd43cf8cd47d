"""The scene `metrics` of the demonstration."""

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
def test_a_slow_model_shows_on_its_task(tmp_path: Path) -> None:
    """Value, priority, reason and advice come, and go with the cause; few writes do it."""
    ran = subprocess.run(
        [*COMMAND, "metrics", "--json"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        check=True,
    )
    report: dict[str, Any] = json.loads(ran.stdout)

    before, slow, after = report["moments"]
    assert slow["value"] > 1500 > after["value"]
    assert (slow["priority"], before["priority"]) == ("Urgent", after["priority"])
    assert "is above SLO latency ms 1500" in slow["reason"]
    assert slow["advice"].startswith("Requests wait")
    assert after["advice"].startswith("Over:")
    assert (report["values_written"], report["comments_written"]) == (3, 2)
