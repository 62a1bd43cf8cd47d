"""The scene `discover` of the demonstration."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.features.discovery import measure


@pytest.mark.slow
def test_a_made_up_team_is_discovered_and_its_proposal_planned(tmp_path: Path) -> None:
    """Nothing is left behind."""
    ran = subprocess.run(
        [sys.executable, "-m", "clickup_mlops", "demo", "discover", "--json", "--no-keep"],
        cwd=tmp_path,
        env=measure.environment(),
        stdout=subprocess.PIPE,
        check=True,
    )
    report = json.loads(ran.stdout)

    assert {finding["place"] for finding in report["findings"]} == {"Model serving", "Research"}
    assert report["planned"] and all(steps > 0 for steps in report["planned"].values())
    assert [*tmp_path.iterdir()] == []
