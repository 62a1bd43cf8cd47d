"""The scene `network` of the demonstration."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_three_faults_are_found_fixed_and_over(tmp_path: Path) -> None:
    """Each is one task that is closed in the end, and the fabric carries more."""
    ran = subprocess.run(
        [sys.executable, "-m", "clickup_mlops", "demo", "network", "--json"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        check=True,
    )
    report: dict[str, Any] = json.loads(ran.stdout)

    assert sorted(report["findings"]) == [
        "bad_optic gpu-06/mlx5_1",
        "few_flows llm-pretrain",
        "straggler gpu-12/gpu0",
    ]
    assert report["findings_after"] == []
    assert set(report["tasks"].values()) == {"complete"} and len(report["tasks"]) == 3
    assert report["sent_gbps_after"] > 1.2 * report["sent_gbps_before"]
