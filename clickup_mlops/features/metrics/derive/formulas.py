"""Formulas that measures are put together from. Each turns a window into a number, or None.

Where several names are given, the first that the source has counts: servers rename their metrics.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from clickup_mlops.features.metrics.derive.counters import increases
from clickup_mlops.features.metrics.derive.histogram import Quantile, classic
from clickup_mlops.features.metrics.derive.histogram import quantile as _quantile
from clickup_mlops.features.metrics.scrape import Labels, Reading, Window
from clickup_mlops.pace import paced

Value = float | Quantile | None
Formula = Callable[[Window], Value]
Number = Callable[[Window], float | None]
Where = Mapping[str, str | tuple[str, ...]]
"""Only series with these labels; several values: any of them."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that a source gives, for each combination of values of the labels `by`."""

    name: str
    unit: str
    summary: str
    formula: Formula
    by: tuple[str, ...] = ()


def gauge(
    *names: str,
    of: Callable[[Iterable[float]], float] = sum,
    where: Where | None = None,
    factor: float = 1,
    signed: bool = False,
) -> Number:
    """Values now, all series of the group together: their sum, or `max`, `min`, `fmean`.

    Unless it is `signed`, a negative value says that there is none, as -1 of many programs.
    """

    def formula(window: Window) -> float | None:
        values = [
            value
            for key, value in window.values(*names).items()
            if (signed or value >= 0) and _fits(key, where)
        ]
        return factor * of(values) if values else None

    return formula


def rate(
    *names: str,
    where: Where | None = None,
    factor: float = 1,
    wraps_at: float = 0,
    lazy: bool = False,
) -> Number:
    """Increase per second, all series of the group together. `lazy`: as of `increase`."""
    total = increase(*names, where=where, wraps_at=wraps_at, lazy=lazy)

    def formula(window: Window) -> float | None:
        grown = total(window) if window.values(*names) else None
        return None if grown is None else factor * grown / window.seconds

    return formula


def increase(
    *names: str, where: Where | None = None, wraps_at: float = 0, lazy: bool = False
) -> Number:
    """Increase within the window, all series of the group together.

    `lazy`: the server shows a series with its first event, so one that is not there is 0.
    """

    def formula(window: Window) -> float | None:
        grown = increases(window, *names, wraps_at=wraps_at, lazy=lazy)
        values = [value for key, value in grown if _fits(key, where)]
        return sum(values) if values or (lazy and window.before) else None

    return formula


def total(*parts: Number) -> Number:
    """The sum of what is known; None if nothing is."""

    def formula(window: Window) -> float | None:
        values = [value for part in parts if (value := part(window)) is not None]
        return sum(values) if values else None

    return formula


def most(*formulas: Number) -> Number:
    """The highest that is known: of counters of the same thing, of which one may stay at 0."""

    def formula(window: Window) -> float | None:
        return max(
            (value for part in formulas if (value := part(window)) is not None), default=None
        )

    return formula


def ratio(part: Number, base: Number, *, factor: float = 1) -> Number:
    """`factor * part / whole`; None if one is unknown or nothing happened."""

    def formula(window: Window) -> float | None:
        top, bottom = part(window), base(window)
        return None if top is None or not bottom else factor * top / bottom

    return formula


def first(*formulas: Number) -> Number:
    """The first that is known."""
    return lambda window: next(
        (value for formula in formulas if (value := formula(window)) is not None), None
    )


def quantile(q: float, *names: str, factor: float = 1) -> Formula:
    """The q-quantile of a classic histogram's observations within the window."""

    def formula(window: Window) -> Quantile | None:
        result = _quantile(q, classic(window, *names))
        return Quantile(result.value * factor, result.bound) if result else None

    return formula


def mean(*names: str, factor: float = 1) -> Number:
    """The mean observation of a histogram or summary within the window."""
    sums, counts = ([f"{name}_{part}" for name in names] for part in ("sum", "count"))
    return ratio(increase(*sums), increase(*counts), factor=factor)


def read(measures: Iterable[Measure], window: Window) -> Iterable[Reading]:
    """What each measure is in a window. What is unknown is left out."""
    groups = {
        by: tuple(window.groups(by)) for by in dict.fromkeys(measure.by for measure in measures)
    }
    for measure in measures:
        for key, group in paced(groups[measure.by]):
            value = measure.formula(group)
            if value is not None:
                yield _reading(measure, value, key, group.now.newest_ms)


def _reading(measure: Measure, value: float | Quantile, key: Labels, at_ms: int) -> Reading:
    if isinstance(value, Quantile):
        return Reading(measure.name, measure.unit, value.value, at_ms, key, value.bound)
    return Reading(measure.name, measure.unit, value, at_ms, key)


def _fits(key: Labels, where: Where | None) -> bool:
    if not where:
        return True
    labels = dict(key)
    return all(
        labels.get(name)
        in ((allowed_values,) if isinstance(allowed_values, str) else allowed_values)
        for name, allowed_values in where.items()
    )
