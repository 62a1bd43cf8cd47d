"""JSON lines in, predictions and scores out; a wrong line is told and the others go on."""

import json

import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.routing.classifier.classify import load
from clickup_mlops.routing.classifier.lines import BadLine, Bars, Line, predict_lines, read_lines
from clickup_mlops.routing.classifier.scores import evaluate

GOOD = {"id": "a", "title": "Canary of the new ranking model", "body": None}


def test_each_line_gets_a_prediction() -> None:
    (prediction,) = predict_lines([json.dumps(GOOD), "  "], load())
    assert isinstance(prediction, dict)
    facts = ["confidence", "abstain", "incident_confidence", "evidence"]
    assert list(prediction) == ["id", "workload", "incident", *facts]
    assert prediction["id"] == "a"
    assert prediction["workload"] == "inference"


def test_it_abstains_and_sees_incidents_where_routing_does() -> None:
    """By the team's thresholds; the best guess is there all the same."""
    (usual,) = predict_lines([json.dumps(GOOD)], load())
    (strict,) = predict_lines([json.dumps(GOOD)], load(), Bars(confidence=1.0, incident=0.0))
    assert isinstance(usual, dict)
    assert isinstance(strict, dict)
    assert (usual["abstain"], usual["incident"]) == (False, False)
    assert (strict["abstain"], strict["incident"], strict["workload"]) == (True, True, "inference")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: not JSON"),
        ("[1]", "line 2: not a JSON object"),
        ('{"title": "x"}', "line 2, id: missing"),
        ('{"id": 1}', "line 2, title: missing"),
        ('{"id": 1, "title": 7}', "line 2, title: 7 is not a text"),
        ('{"id": 1, "title": "x", "body": []}', "line 2, body: [] is not"),
        ('{"id": 1, "title": "x", "workload": "gpu"}', "line 2, workload: 'gpu' is not one of"),
        ('{"id": 1, "title": "x", "incident": "no"}', "line 2, incident: 'no' is not true"),
    ],
)
def test_a_wrong_line_is_told_and_the_others_go_on(line: str, message: str) -> None:
    good_line = json.dumps(GOOD)
    first, bad_line, last = read_lines([good_line, line, good_line])
    assert isinstance(first, Line)
    assert isinstance(bad_line, BadLine)
    assert str(bad_line).startswith(message)
    assert isinstance(last, Line)


def test_scores_are_counted_by_class_and_kind() -> None:
    lines = [
        Line("1", "Canary of the new ranking model", "", "inference", False, hard=True),
        Line("2", "Train the ranking model for ten epochs", "", "training", False),
        Line("3", "Train the ranking model for ten epochs", "", "data", False, hard=True),
        Line("4", "推理服务响应很慢", "", "inference", False, lang="zh"),
        Line("5", "not labelled", ""),
    ]
    scores = evaluate(lines, load())
    assert scores.lines == 4
    assert scores.accuracy == 0.75
    assert scores.hard == 0.5
    assert scores.not_english == 1.0
    assert scores.title_only == 0.75
    assert scores.workloads["training"].precision == 0.5
    assert scores.workloads["training"].recall == 1.0
    assert scores.macro_f1 == pytest.approx((1 + 2 / 3 + 0) / 3)
    assert scores.incident.lines == 0


def test_without_labels_there_is_nothing_to_score() -> None:
    with pytest.raises(InputError, match="no line has a workload"):
        evaluate([Line("1", "x", "")], load())
