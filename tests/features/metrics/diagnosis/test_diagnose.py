"""Advice: never without its numbers, and never where something known rules it out."""

import tomllib
from pathlib import Path
from typing import get_args

import pytest

from clickup_mlops.features.metrics.diagnosis import text
from clickup_mlops.features.metrics.diagnosis.diagnose import (
    Diagnosis,
    diagnose,
    diagnose_parts,
    symptoms,
)
from clickup_mlops.features.metrics.diagnosis.model import Symptom
from clickup_mlops.features.metrics.settings import Fact
from clickup_mlops.views import measures

CASES = tomllib.loads((Path(__file__).parents[3] / "cases" / "advice.toml").read_text("utf-8"))


def names(numbers: dict[str, float], facts: list[str]) -> set[str]:
    return {advice.symptom.name for advice in diagnose(numbers, facts).advice}


@pytest.mark.parametrize("symptom", symptoms(), ids=lambda one: one.name)
def test_a_symptom_shows_in_one_case_and_not_in_the_other(symptom: Symptom) -> None:
    """Without one of its measures it is not advised either."""
    case = CASES[symptom.name]
    facts = case.get("facts", [])
    assert symptom.name in names(case["fires"], facts)
    assert symptom.name not in names(case["quiet"], facts)
    for need in symptom.needs:
        less = {name: value for name, value in case["fires"].items() if name != need}
        assert symptom.name not in names(less, facts)


@pytest.mark.parametrize("symptom", symptoms(), ids=lambda one: one.name)
def test_advice_says_what_to_do_why_and_what_would_disprove_it(symptom: Symptom) -> None:
    """With the numbers that it was seen in."""
    assert all((symptom.title, symptom.recommend, symptom.expect, symptom.steps, symptom.disproof))
    case = CASES[symptom.name]
    result = diagnose(case["fires"], case.get("facts", [])).advice
    (advice,) = (advice for advice in result if advice.symptom is symptom)
    assert set(symptom.needs) <= set(advice.numbers)
    block = text.block(advice, "host=a")
    assert all(measures.format_title(name) in block for name in symptom.needs)


def test_what_rules_it_out_counts() -> None:
    """Ignored notifications are no fault where nobody should obey them."""
    numbers = {"cnp_ignored_per_s": 3.0}
    assert "notifications_ignored" in names(numbers, [])
    assert not names(numbers, ["congestion_control_off"])


def test_reordering_by_design_is_no_fault() -> None:
    """Out of sequence, but nothing sent again, with adaptive routing on."""
    numbers = {"out_of_sequence_ppm": 900.0, "retransmission_ppm": 0.0}
    assert not names(numbers, ["adaptive_routing"])


def test_insufficient_numbers_are_said() -> None:
    """With what is missing."""
    missing = {
        symptom.name: absent for symptom, absent in diagnose({"ack_timeouts_ppm": 10}).missing
    }
    assert missing["peer_silent"] == ("sequence_errors_ppm",)
    assert "saturated" not in missing


def test_what_holds_for_all_links_is_said_once() -> None:
    """And not of each port, nor of each GPU of the host; what a port adds is said of the port."""
    rails = {"pause_storms": 1.0}
    parts = {
        "": rails,
        "port=1": rails | {"pause_sent_pct": 20.0},
        "port=2": rails | {"pause_sent_pct": 0.0},
        "gpu=0": rails | {"tensor_active_pct": 40.0},
    }
    result = {
        key: [advice.symptom.name for advice in diagnosis.advice]
        for key, diagnosis in _of_parts(parts)
    }
    assert result == {
        "": ["pause_storm"],
        "port=1": ["slow_host"],
        "port=2": [],
        "gpu=0": [],
    }


def _of_parts(parts: dict[str, dict[str, float]]) -> list[tuple[str, Diagnosis]]:
    return list(diagnose_parts(parts, "", []))


def test_every_case_is_of_a_symptom() -> None:
    """None is left over."""
    assert set(CASES) == {symptom.name for symptom in symptoms()}


def test_every_fact_can_be_configured() -> None:
    """`metrics.facts` knows all that symptoms ask for."""
    requests = {fact for symptom in symptoms() for fact in (*symptom.requires, *symptom.unless)}
    assert requests == set(get_args(Fact))
