"""A linear model over named features, and its file.

Six outcomes: the five workloads, and `incident`, which is inference in live trouble. The
probability of `inference` is the sum of the two.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import exp
from pathlib import Path

import orjson

from clickup_mlops.errors import ContentError
from clickup_mlops.routing.classifier.weights import LARGEST, START, Packed, Row, read_weights

MODEL = Path(__file__).parent / "model.json"
WORKLOADS = ("inference", "training", "data", "infra", "other")
INCIDENT = "incident"
OUTCOMES = (*WORKLOADS, INCIDENT)
SCALE = 100  # weights are stored as whole hundredths
FAINT = 18  # a row whose hundredths differ by less moves no decision: it is left out


@dataclass(slots=True)
class Linear:
    """Weights per feature and outcome, in units of 1 / `scale`.

    `temperature` > 1 makes probabilities more modest.
    """

    weights: Mapping[str, list[float]] = field(default_factory=dict)
    bias: list[float] = field(default_factory=lambda: [0.0] * len(OUTCOMES))
    temperature: float = 1.0
    scale: float = 1.0

    def scores(self, features: Mapping[str, float]) -> list[float]:
        """The raw score of each outcome."""
        return self.add_up(
            (row, value)
            for name, value in features.items()
            if (row := self.weights.get(name)) is not None
        )

    def add_up(self, rows: Iterable[tuple[Sequence[float], float]]) -> list[float]:
        """The raw score of each outcome: of rows, each with the value that it is multiplied by."""
        a, b, c, d, e, f = self.bias
        for row, value in rows:
            a += value * row[0]
            b += value * row[1]
            c += value * row[2]
            d += value * row[3]
            e += value * row[4]
            f += value * row[5]
        return [score / self.scale for score in (a, b, c, d, e, f)]

    def to_probabilities(self, scores: Sequence[float]) -> list[float]:
        """The probability of each outcome; they add up to 1."""
        return softmax(scores, self.temperature)

    def pack(self) -> Packed:
        """Its weights as whole numbers, as a model's file has them."""
        if isinstance(self.weights, Packed):
            return self.weights
        rounded = ({name: _round(row)} for name, row in self.weights.items())
        return Packed(rounded)


def softmax(scores: Sequence[float], temperature: float = 1.0) -> list[float]:
    """Scores as probabilities, which add up to 1."""
    top = max(scores)
    exponentials = [exp((score - top) / temperature) for score in scores]
    total = sum(exponentials)
    return [value / total for value in exponentials]


def add_rows(model: Linear, rows: Mapping[str, Row]) -> Linear:
    """The model with `rows` (in units of 1) added to its weights; the original is not changed."""
    none = [0.0] * len(OUTCOMES)
    changed = {
        name: [a + model.scale * b for a, b in zip(model.weights.get(name, none), row, strict=True)]
        for name, row in rows.items()
    }
    unchanged = ((name, row) for name, row in model.weights.items() if name not in changed)
    # Not as one value, which would take ten times its size in memory.
    all_rows = ({name: _round(row)} for name, row in chain(unchanged, changed.items()))
    weights = Packed(all_rows)
    return Linear(weights, list(model.bias), model.temperature, model.scale)


def dump(model: Linear, inputs: str) -> bytes:
    """The file of a model: one feature a line, so that a diff can be read."""
    head = {"inputs": inputs, "outcomes": OUTCOMES, "scale": SCALE}
    head |= {"temperature": model.temperature, "bias": _to_hundredths(model.bias)}
    lines = [f'"{key}":{orjson.dumps(value).decode()}' for key, value in head.items()]
    rows = [
        f"{orjson.dumps(name).decode()}:{orjson.dumps(_to_hundredths(row)).decode()}"
        for name, row in sorted(model.weights.items())
        if max(row) - min(row) >= FAINT / SCALE
    ]
    lines.append(START.decode() + ",\n".join(rows) + "\n}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def load_file(path: Path) -> tuple[Linear, str]:
    """A model and the fingerprint of what it was trained on.

    Raises:
        ContentError: the file is missing, damaged or of another version.
    """
    try:
        with path.open("rb") as lines:
            head, rows = read_weights(lines)
            if tuple(head["outcomes"]) != OUTCOMES or head["scale"] != SCALE:
                raise ValueError("made by another version")
            weights = Packed(rows)
        model = Linear(weights, head["bias"], float(head["temperature"]), SCALE)
        return model, str(head["inputs"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise ContentError(
            path,
            "",
            f"not a model: {problem}",
            hint="Run: python -m clickup_mlops.routing.classifier.training.train",
        ) from problem


def _round(row: Sequence[float]) -> list[int]:
    return [max(-LARGEST, min(LARGEST, round(number))) for number in row]


def _to_hundredths(numbers: Iterable[float]) -> list[int]:
    return [round(number * SCALE) for number in numbers]
