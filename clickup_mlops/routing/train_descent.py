"""Fits a `Linear` to examples by stochastic gradient descent (AdaGrad), in plain Python.

Deterministic: the order of examples comes from a seeded generator, and nothing else is random.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from random import Random

from clickup_mlops.routing.classify_model import OUTCOMES, Linear, softmax

Values = Mapping[str, float]
_KINDS = range(len(OUTCOMES))


@dataclass(frozen=True, slots=True)
class Item:
    """Features of one example, the index of its outcome, and how much it counts."""

    values: Values
    outcome: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How to fit. `decay` pulls weights to zero; `rare` drops features seen less often."""

    rounds: int = 12
    rate: float = 0.5
    decay: float = 2e-5
    rare: int = 2
    seed: int = 7


def fit(items: Sequence[Item], plan: Plan) -> Linear:
    """A new model for the items."""
    model = Linear(weights={name: [0.0] * len(OUTCOMES) for name in _common(items, plan.rare)})
    descend(model, items, plan)
    return model


def descend(model: Linear, items: Sequence[Item], plan: Plan) -> None:
    """Moves the model's weights towards the items; unknown features are ignored."""
    known = model.weights
    seen = {name: [1e-3] * len(OUTCOMES) for name in known}
    bias_seen = [1e-3] * len(OUTCOMES)
    rows = [
        ([(known[n], seen[n], v) for n, v in item.values.items() if n in known], item)
        for item in items
    ]
    chance = Random(plan.seed)
    for _ in range(plan.rounds):
        chance.shuffle(rows)
        for parts, item in rows:
            slopes = _slopes(model.bias, parts, item)
            _move(parts, slopes, plan)
            for k in _KINDS:
                bias_seen[k] += slopes[k] ** 2
                model.bias[k] -= 0.3 * plan.rate * slopes[k] / sqrt(bias_seen[k])


Part = tuple[list[float], list[float], float]
"""Weights of a feature, squared slopes so far, value."""


def _slopes(bias: list[float], parts: list[Part], item: Item) -> list[float]:
    scores = list(bias)
    for weights, _, value in parts:
        for k in _KINDS:
            scores[k] += value * weights[k]
    chances = softmax(scores)
    chances[item.outcome] -= 1.0
    return [item.weight * chance for chance in chances]


def _move(parts: list[Part], slopes: list[float], plan: Plan) -> None:
    # Small slopes change nothing worth the time: most of a late round is skipped here.
    active = [(k, slope) for k, slope in enumerate(slopes) if abs(slope) > 0.003]
    for weights, seen, value in parts:
        for k, slope in active:
            step = slope * value + plan.decay * weights[k]
            seen[k] += step * step
            weights[k] -= plan.rate * step / sqrt(seen[k])


def _common(items: Sequence[Item], rare: int) -> list[str]:
    counts: dict[str, int] = {}
    for item in items:
        for name in item.values:
            counts[name] = counts.get(name, 0) + 1
    return sorted(name for name, count in counts.items() if count >= rare)
