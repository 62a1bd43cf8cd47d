"""A team's corrections and own examples, on top of the shipped model.

`learn` turns corrections into numbers that are added to the model; leaving a row out and learning
again takes it back completely, so nothing learned is for ever.
"""

from collections.abc import Iterable, Sequence
from math import exp, log
from pathlib import Path
from typing import Any, NamedTuple

from clickup_mlops.errors import InputError
from clickup_mlops.routing.classifier.features import extract_features, read_task
from clickup_mlops.routing.classifier.lexicon import load_shipped
from clickup_mlops.routing.classifier.model import (
    INCIDENT,
    MODEL,
    OUTCOMES,
    WORKLOADS,
    Linear,
    add_rows,
    load_file,
)
from clickup_mlops.routing.classifier.training.descent import Item, Plan, Values, descend
from clickup_mlops.routing.classifier.training.examples import read_examples


class Correction(NamedTuple):
    """A text and what it is. `incident` None: nobody said whether it is a live incident."""

    title: str
    body: str
    workload: str
    incident: bool | None = None


_PLAN = Plan(rounds=20, rate=0.12, decay=0.0)
_KINDS = range(len(OUTCOMES))
_SHIFT_VARIANCE = 0.5
"""Of the prior: ten refused alarms of 0.6 move that probability to 0.3, one of 0.97 to 0.9."""
_STEPS, _FAINTEST = 12, 1e-4


def learn(rows: Iterable[Correction], model: Linear | None = None) -> dict[str, Any]:
    """What corrections change, as JSON-ready data for `load(learned=...)`. Order does not matter.

    `model` is what they correct, the shipped one if None; with own examples, `fit_files` gives it.

    Raises:
        InputError: a row names an unknown workload or has no title.
    """
    model = model or load_file(MODEL)[0]
    corrections = {_check_row(number, row) for number, row in enumerate(rows, start=1)}
    ordered = sorted(corrections, key=lambda row: (*row[:3], str(row.incident)))
    shift = _fit_incident_shift(ordered, model)
    shifted = shift_incidents(model, shift)
    items = [_build_item(row, shifted) for row in ordered]
    weights = _compute_change(shifted, items)
    return {"rows": [*map(list, ordered)], "weights": weights, "incident_shift": shift}


def fit_files(model: Linear, paths: Sequence[Path]) -> Linear:
    """The model with a team's own example files learned.

    Raises:
        ContentError: a file or line is wrong.
    """
    lexicon = load_shipped()
    items = [
        Item(
            extract_features(read_task(example.title, example.body, lexicon)),
            OUTCOMES.index(example.outcome),
        )
        for example in read_examples(paths)
    ]
    return add_rows(model, _compute_change(model, items))


def shift_incidents(model: Linear, shift: float) -> Linear:
    """The model with the log-odds of an incident moved; the original is not changed."""
    bias = [*model.bias]
    bias[OUTCOMES.index(INCIDENT)] += shift * model.scale
    return Linear(model.weights, bias, model.temperature, model.scale)


def _fit_incident_shift(rows: Iterable[Correction], model: Linear) -> float:
    """By how much people's answers show that incidents are more or less likely here than where the
    model was learned. A prior around 0 keeps a few answers from moving much.
    """
    live = OUTCOMES.index(INCIDENT)
    answers = []
    for row in rows:
        if row.incident is not None:
            chances = model.to_probabilities(model.scores(_extract(row)))
            odds = log(max(chances[live], _FAINTEST) / max(1 - chances[live], _FAINTEST))
            answers.append((odds, float(row.incident)))
    shift = 0.0
    for _ in range(_STEPS):
        rates = [(1 / (1 + exp(-odds - shift)), is_live) for odds, is_live in answers]
        slope = sum(rate - is_live for rate, is_live in rates) + shift / _SHIFT_VARIANCE
        shift -= slope / (sum(rate * (1 - rate) for rate, _ in rates) + 1 / _SHIFT_VARIANCE)
    return round(shift, 4)


def _compute_change(model: Linear, items: Sequence[Item]) -> dict[str, list[float]]:
    names = {name for item in items for name in item.values}
    none = [0.0] * len(OUTCOMES)
    before = {
        name: [weight / model.scale for weight in model.weights.get(name, none)]
        for name in sorted(names)
    }
    bias = [weight / model.scale for weight in model.bias]
    after = Linear({name: list(row) for name, row in before.items()}, bias)
    descend(after, items, _PLAN)
    return {
        name: [round(new[k] - before[name][k], 4) for k in _KINDS]
        for name, new in after.weights.items()
    }


def _build_item(row: Correction, model: Linear) -> Item:
    values = _extract(row)
    return Item(values, _choose_outcome(row, values, model))


def _extract(row: Correction) -> dict[str, float]:
    return extract_features(read_task(row.title, row.body, load_shipped()))


def _choose_outcome(row: Correction, values: Values, model: Linear) -> int:
    if row.workload != "inference":
        return OUTCOMES.index(row.workload)
    plain, live = OUTCOMES.index("inference"), OUTCOMES.index(INCIDENT)
    if row.incident is not None:
        return live if row.incident else plain
    # Nobody spoke of trouble: an inference task keeps what was seen in it.
    scores = model.scores(values)
    return live if scores[live] > scores[plain] else plain


def _check_row(number: int, row: Correction) -> Correction:
    if row.workload not in WORKLOADS:
        raise InputError(
            f"correction {number}: workload {row.workload!r}", hint=f"One of {', '.join(WORKLOADS)}"
        )
    if not row.title.strip():
        raise InputError(f"correction {number}: the title is empty")
    return row
