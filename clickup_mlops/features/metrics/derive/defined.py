"""Measures that are said by the vocabulary: unit and meaning are those of the quantity."""

from clickup_mlops.features.metrics.derive.formulas import Formula, Measure, gauge
from clickup_mlops.features.metrics.quantity import quantities


def defined(quantity_id: str, formula: Formula, *by: str, summary: str = "") -> Measure:
    """A measure of a quantity, for each combination of values of the labels `by`.

    Raises:
        KeyError: the vocabulary does not have it.
    """
    quantity = quantities()[quantity_id]
    return Measure(quantity_id, quantity.unit, summary or quantity.meaning, formula, by)


def named(quantity_id: str, *by: str) -> Measure:
    """Of a source that gives samples by the quantity's own name."""
    return defined(quantity_id, gauge(quantity_id, signed=True), *by)
