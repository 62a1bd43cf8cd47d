"""Fits a `Linear` to examples by stochastic gradient descent (AdaGrad), in plain Python.

Deterministic: the order of examples comes from a seeded generator, and nothing else is random.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from random import Random

from clickup_mlops.routing.classifier.features import LETTERS
from clickup_mlops.routing.classifier.model import OUTCOMES, Linear, softmax

Values = Mapping[str, float]
SMALL = 0.003


@dataclass(frozen=True, slots=True)
class Item:
    """Features of one example, the index of its outcome, and how much it counts."""

    values: Values
    outcome: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How to fit. `decay` pulls weights to zero; `rare` drops pairs and beginnings of words, and
    letters in a row, that are seen less often.
    """

    rounds: int = 12
    rate: float = 0.5
    decay: float = 2e-5
    rare: int = 3
    seed: int = 7


def fit(items: Sequence[Item], plan: Plan) -> Linear:
    """A new model for the items."""
    model = Linear(
        weights={name: [0.0] * len(OUTCOMES) for name in _select_common(items, plan.rare)}
    )
    descend(model, items, plan)
    return model


def descend(model: Linear, items: Sequence[Item], plan: Plan) -> None:
    """Moves the model's weights towards the items; unknown features are ignored."""
    weights = model.weights
    slope_sums = {name: [1e-3] * len(OUTCOMES) for name in weights}
    bias: Part = (model.bias, [1e-3] * len(OUTCOMES), 1.0)
    gentle = Plan(rate=0.3 * plan.rate, decay=0.0)
    rows = [
        ([(weights[n], slope_sums[n], v) for n, v in item.values.items() if n in weights], item)
        for item in items
    ]
    chance = Random(plan.seed)
    for _ in range(plan.rounds):
        chance.shuffle(rows)
        for parts, item in rows:
            active = _compute_slopes(model.bias, parts, item)
            if active:
                _move(parts, active, plan)
                _move([bias], active, gentle)


Part = tuple[list[float], list[float], float]
"""Weights of a feature, squared slopes so far, value."""


def _compute_slopes(bias: list[float], parts: list[Part], item: Item) -> list[tuple[int, float]]:
    """The outcomes to move. Small slopes change nothing worth the time: most of a late round."""
    a, b, c, d, e, f = bias
    for row, _, value in parts:
        a += value * row[0]
        b += value * row[1]
        c += value * row[2]
        d += value * row[3]
        e += value * row[4]
        f += value * row[5]
    chances = softmax((a, b, c, d, e, f))
    chances[item.outcome] -= 1.0
    slopes = [(k, item.weight * chance) for k, chance in enumerate(chances)]
    return [(k, slope) for k, slope in slopes if abs(slope) > SMALL]


def _move(parts: list[Part], active: list[tuple[int, float]], plan: Plan) -> None:
    rate, decay = plan.rate, plan.decay
    for weights, slope_sums, value in parts:
        for k, slope in active:
            step = slope * value + decay * weights[k]
            slope_sums[k] += step * step
            weights[k] -= rate * step / sqrt(slope_sums[k])


def _select_common(items: Sequence[Item], rare: int) -> list[str]:
    counts = Counter(name for item in items for name in item.values)
    return sorted(name for name, count in counts.items() if count >= rare or not _is_scarce(name))


def _is_scarce(name: str) -> bool:
    return " " in name or name.startswith(("p:", "s:", "f:", LETTERS))
