"""Scores of predicted against true labels. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from clickup_mlops.routing.decision import WORKLOADS


@dataclass(frozen=True, slots=True)
class Judged:
    """One line: what it is, and what was predicted."""

    workload: str
    predicted: str
    incident: bool
    predicted_incident: bool
    hard: bool


def scores(lines: Sequence[Judged]) -> dict[str, Any]:
    """Precision, recall and F1 of each class and of `incident`, macro-F1, and accuracies."""
    pairs = Counter((line.workload, line.predicted) for line in lines)
    classes = {
        name: _score(
            hits=pairs[name, name],
            predicted=sum(n for (_, guess), n in pairs.items() if guess == name),
            true=sum(n for (truth, _), n in pairs.items() if truth == name),
        )
        for name in WORKLOADS
    }
    return {
        "lines": len(lines),
        "macro_f1": round(sum(one["f1"] for one in classes.values()) / len(classes), 4),
        "accuracy": _accuracy(lines),
        "hard_accuracy": _accuracy([line for line in lines if line.hard]),
        "workloads": classes,
        "incident": _score(
            hits=sum(line.incident and line.predicted_incident for line in lines),
            predicted=sum(line.predicted_incident for line in lines),
            true=sum(line.incident for line in lines),
        ),
    }


def _score(*, hits: int, predicted: int, true: int) -> dict[str, float]:
    precision, recall = hits / predicted if predicted else 0.0, hits / true if true else 0.0
    f1 = 2 * hits / (predicted + true) if predicted + true else 0.0
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(f1, 4),
        "lines": true,
    }


def _accuracy(lines: Iterable[Judged]) -> float | None:
    right = [line.workload == line.predicted for line in lines]
    return round(sum(right) / len(right), 4) if right else None
