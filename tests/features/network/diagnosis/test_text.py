"""Findings as people read them, in a terminal or a task."""

import pytest

from clickup_mlops.features.network.diagnosis import text
from clickup_mlops.features.network.diagnosis.diagnose import faults
from clickup_mlops.features.network.diagnosis.model import Finding


@pytest.mark.parametrize("name", faults())
def test_a_command_can_be_copied_as_it_stands(name: str) -> None:
    """With the names of its place, and without marks: what shows it reads no Markdown."""
    fault = faults()[name]
    block = text.block(Finding(name, fault.title, "gpu-03/mlx5_1", {}, fault.remedy))

    assert "`" not in block
    assert "{" not in block
    lines = block.splitlines()
    for step in fault.remedy.steps:
        (line,) = (line for line in lines if line.startswith(f"- Next: {step.text}"))
        assert line.count(" Command: ") == bool(step.command)
