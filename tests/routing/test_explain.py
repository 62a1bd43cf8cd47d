"""The words that explain a decision, compared with files that a person has read."""

import json
from pathlib import Path

import pytest

from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.explain import explain
from clickup_mlops.routing.facts import Context, Override
from tests.routing.support import DAY_MS, HOUR_MS, NOW_MS, Read, decided

GOLDEN = Path(__file__).parent / "explained"
CAUSE = "7fa3ec74:2800773800802162647:taskUpdated"
BREACH = {"p99 latency ms": 812.0, "slo latency ms": 500.0}
DECISIONS = {
    "incident": decided(
        read=Read(incident=True, incident_confidence=0.88), context=Context(cause=CAUSE)
    ),
    "breach": decided("serving", priority=3, fields=BREACH | {"workload": "Inference"}),
    "aged_training": decided(
        "training", priority=4, created_ms=NOW_MS - 20 * DAY_MS, context=Context(cause=CAUSE)
    ),
    "capped": decided(
        "inference",
        fields=BREACH,
        context=Context(open_in_list=20, urgent_in_list=4, blocked_inference=1, cause=CAUSE),
    ),
    "person": decided(
        "training",
        priority=1,
        due_ms=NOW_MS + 5 * HOUR_MS,
        context=Context(override=Override(1, "Ana", NOW_MS, NOW_MS + 7 * DAY_MS), cause=CAUSE),
    ),
    "unclear": decided(
        read=Read(workload="data", confidence=0.31, abstain=True, evidence=()),
        fields={"workload": "Quantum"},
    ),
    "closed": decided("inference", priority=None, is_open=False),
    "service": decided(
        priority=3,
        serves=True,
        status="live",
        created_ms=NOW_MS - 90 * DAY_MS,
        due_ms=NOW_MS - 60 * DAY_MS,
        fields={"p99 latency ms": 995.0, "slo latency ms": 500.0, "workload": "Inference"},
    ),
}


@pytest.mark.parametrize("name", sorted(DECISIONS))
def test_an_explanation_reads_as_it_was_agreed(name: str) -> None:
    """Text and JSON; to agree to new words, write them into the file."""
    decision = DECISIONS[name]
    text = f"{explain(decision)}\n\n{json.dumps(decision.to_dict(), indent=1)}\n"

    assert text == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(DECISIONS))
def test_a_stored_decision_is_explained_in_the_same_words(name: str) -> None:
    """Today and after years in a database."""
    stored = json.loads(json.dumps(DECISIONS[name].to_dict()))

    assert explain(Decision.from_dict(stored)) == explain(DECISIONS[name])
