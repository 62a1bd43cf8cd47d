"""Names of stages say in many languages whether work waits, and for what."""

import tomllib
from pathlib import Path

import pytest

from clickup_mlops.features.discovery.words import waits_for

CASES = Path(__file__).parents[2] / "cases" / "discovery" / "stages.toml"
STAGES = [
    (stage, reason)
    for reason, stages in tomllib.loads(CASES.read_text(encoding="utf-8")).items()
    for stage in stages
]


@pytest.mark.parametrize(("stage", "reason"), STAGES)
def test_the_name_of_a_stage_says_what_work_waits_for(stage: str, reason: str) -> None:
    assert waits_for(stage) == reason
