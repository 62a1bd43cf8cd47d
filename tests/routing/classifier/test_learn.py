"""Corrections: learned at once, taken back completely."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickup_mlops.errors import InputError
from clickup_mlops.routing.classifier.classify import load
from clickup_mlops.routing.classifier.learn import Correction, learn
from clickup_mlops.routing.classifier.model import WORKLOADS

ROWS = [
    Correction("Quarterly model review", "", "training"),
    Correction("Latency of the intranet search", "", "inference"),
    Correction("Rack inventory spreadsheet", "clean up the columns", "data"),
]


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(WORKLOADS))
def test_a_corrected_text_gets_the_corrected_answer(workload: str) -> None:
    row = Correction("Look at the numbers of last week", "see the chart", workload)
    assert load(learned=learn([row])).classify(*row[:2]).workload == workload


def test_all_corrections_hold_together_and_survive_json() -> None:
    learned = json.loads(json.dumps(learn(ROWS)))
    classifier = load(learned=learned)
    assert [classifier.classify(t, b).workload for t, b, *_ in ROWS] == [
        row.workload for row in ROWS
    ]


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize(
    "text", ["Zephyr gate", "Chat model is down for all customers", "Bench vLLM on the L4"]
)
def test_a_confirmed_or_refused_incident_is_learned(text: str, live: bool) -> None:
    """And the same words in another order, with more around them, shift that way."""
    taught, plain = load(learned=learn([Correction(text, "", "inference", live)])), load()
    assert taught.classify(text, "").incident is live
    near = f"again: {text.lower()}"
    before, after = (
        classifier.classify(near, "").incident_confidence for classifier in (plain, taught)
    )
    assert after >= before if live else after <= before


def test_order_and_repetition_of_corrections_do_not_matter() -> None:
    assert learn(ROWS) == learn([*reversed(ROWS), ROWS[0]])


def test_without_its_row_nothing_of_a_correction_is_left() -> None:
    title, body, *_ = ROWS[0]
    before = load().classify(title, body)
    assert load(learned=learn([])).classify(title, body) == before
    assert load(learned=learn(ROWS[1:])).classify("Buy a chair", "") == load(
        learned=learn([*ROWS[1:], ROWS[1]])
    ).classify("Buy a chair", "")


def test_other_texts_keep_their_answer() -> None:
    classifier, plain = load(learned=learn(ROWS)), load()
    for title in ("vLLM is slow", "Train the baseline", "Label images", "Drain node 4", "Fix typo"):
        assert classifier.classify(title, "").workload == plain.classify(title, "").workload


def test_refused_incidents_make_others_less_likely_but_not_impossible() -> None:
    """Of this workspace's answers, with a prior: ten do not silence a clear report."""
    refused = [
        Correction(f"Assistant was slow for me {n}", "", "inference", False) for n in range(10)
    ]
    plain, taught = load(), load(learned=learn(refused))
    vague, clear = "Answers are slow", "Chat model is down for all customers in production"

    assert learn(refused)["incident_shift"] < 0
    assert learn([])["incident_shift"] == 0
    assert (
        taught.classify(vague, "").incident_confidence
        <= plain.classify(vague, "").incident_confidence
    )
    assert taught.classify(clear, "").incident


@pytest.mark.parametrize("row", [Correction("x", "", "gpu"), Correction(" ", "", "data")])
def test_a_wrong_correction_is_named(row: Correction) -> None:
    with pytest.raises(InputError, match="correction 2"):
        learn([ROWS[0], row])
