"""How good the shipped classifier is on real texts, where the development sets are at hand."""

from pathlib import Path

import pytest

from clickup_mlops.routing.classifier.classify import load
from clickup_mlops.routing.classifier.incident import POSSIBLE
from clickup_mlops.routing.classifier.lines import Line, read_lines
from clickup_mlops.routing.classifier.scores import Scores, evaluate

SETS = Path(__file__).parents[4] / "shared" / "routing-eval"


def read_set(name: str) -> list[Line]:
    file = SETS / f"{name}.jsonl"
    if not file.exists():
        pytest.skip("the development sets are not here")
    lines = read_lines(file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if isinstance(line, Line)]


def scored(name: str) -> Scores:
    return evaluate(read_set(name), load())


def test_the_first_set() -> None:
    """Mostly English and technical."""
    scores = scored("dev")
    assert scores.macro_f1 >= 0.89
    assert scores.incident.recall >= 0.85
    assert scores.incident.precision >= 0.80
    assert scores.calibration_error <= 0.05


def test_the_second_set_in_everyday_words() -> None:
    """People's own words, a third not English, half titles only."""
    scores = scored("dev2")
    assert scores.macro_f1 >= 0.88
    assert (scores.not_english or 0) >= 0.88
    assert (scores.hard or 0) >= 0.82
    assert scores.workloads["other"].f1 >= 0.78
    assert scores.incident.recall >= 0.80
    assert scores.incident.precision >= 0.75
    assert scores.calibration_error <= 0.05


def test_the_third_set_of_platform_engineers() -> None:
    """Tickets of platform, reliability and data engineers; 155 lines, so the bars are wide."""
    scores = scored("dev3")
    assert scores.macro_f1 >= 0.89
    assert scores.workloads["other"].f1 >= 0.78
    assert scores.incident.recall >= 0.77
    assert scores.incident.precision >= 0.75
    assert (scores.not_english or 0) >= 0.86


def test_the_three_sets_together_meet_the_goals() -> None:
    """One set alone is too small to tell a point of F1 from chance."""
    scores = evaluate([line for name in ("dev", "dev2", "dev3") for line in read_set(name)], load())
    assert scores.macro_f1 >= 0.90
    assert scores.workloads["other"].f1 >= 0.82
    assert scores.incident.precision >= 0.75
    assert scores.incident.recall >= 0.80
    assert (scores.hard or 0) >= 0.84
    assert (scores.not_english or 0) >= 0.88
    assert scores.calibration_error <= 0.03
    assert scores.incident_calibration_error <= 0.06


@pytest.mark.parametrize(
    "title", ["URGENT!!!", "ASAP please!!! very important", "СРОЧНО!!!", "紧急！！！"]
)
def test_a_text_that_only_shouts_is_no_incident(title: str) -> None:
    assert not load().classify(title, "").incident


@pytest.mark.parametrize(
    ("title", "workload", "at_least_possible"),
    [
        ("assistant not responding", "inference", True),
        ("no reply from the bot for an hour", "inference", True),
        ("answers got worse, everybody complains", "inference", True),
        ("demo of the model is down", "inference", True),
        ("el chatbot no responde", "inference", True),
        ("чат-бот молчит с утра", "inference", True),
        ("智能客服没反应", "inference", True),
        ("el chatbot: texto para caídas", "other", False),
        ("web shop is down!!", "other", False),
        ("обучение персонала", "other", False),
        ("curso de capacitación del equipo", "other", False),
        ("fine-tune CSS", "other", False),
        ("sales pipeline Q4", "other", False),
    ],
)
def test_everyday_words(title: str, workload: str, at_least_possible: bool) -> None:
    """An incident is told from what only sounds like one, in plain words."""
    result = load().classify(title, "")
    assert result.workload == workload
    assert (result.incident_confidence >= POSSIBLE) is at_least_possible


def test_rates_are_given_at_each_threshold() -> None:
    """A higher one never finds more."""
    lines = [
        Line("1", "Chat model is down for all customers", "", "inference", True),
        Line("2", "Write a guide on serving", "", "other", False),
    ]
    at = evaluate(lines, load()).incident_at
    assert [*at][:1] + [*at][-1:] == ["0.05", "0.95"]
    recalls = [rate.recall for rate in at.values()]
    assert recalls == sorted(recalls, reverse=True)
    assert at["0.60"].recall == 1.0
