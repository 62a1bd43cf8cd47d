"""Measured values held against their objectives: where a service level objective (SLO) is broken.

Pure. Routing's urgency and the automations' `task.breaches` are the same comparison.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops.routing.policy import Slo

_MEASURE: Final = re.compile(r"\s*([\d.,]+)\s*(\S*)\s*")
_THOUSANDS: Final = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")
_UNITS: Final = frozenset(
    {"%", "ns", "us", "ms", "s", "min", "h", "mb", "gb", "tb", "mb/s", "gb/s"}
)
_DIGITS: Final = 9
"""Rounding of shares, so that 10 % of a limit is 0.1 and not 0.0999…"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measured value and the limit that its objective gives, both in the unit of the metric."""

    slo: Slo
    measured: float
    limit: float

    @property
    def breached(self) -> bool:
        """Whether the value is on the wrong side of the limit."""
        above = self.slo.worse == "above"
        return self.measured > self.limit if above else self.measured < self.limit

    @property
    def unit(self) -> str:
        """The last word of the metric's name if that is a unit, else empty."""
        last = self.slo.metric.split()[-1:]
        return last[0] if last and last[0].casefold() in _UNITS else ""

    @property
    def over(self) -> float:
        """How far beyond the limit, as a share of the limit; 0 if it is kept."""
        if not self.breached:
            return 0.0
        return round(abs(self.measured - self.limit) / self.limit, _DIGITS)

    @property
    def room(self) -> float:
        """The share of the limit that is still free, negative if it is broken.

        Where less is worse and the metric is a percentage, such as availability, it is the share of
        what may be missing from 100 %.
        """
        above = self.slo.worse == "above"
        free = self.limit - self.measured if above else self.measured - self.limit
        whole = self.limit if above or self.unit != "%" else 100 - self.limit
        return round(free / whole, _DIGITS) if whole > 0 else math.copysign(1, free)


def comparisons(slos: Iterable[Slo], value: Callable[[str], object]) -> Iterator[Comparison]:
    """The pairs of which both numbers are known; `value` reads a custom field by its name.

    An objective of zero is what an unset number field looks like: it is not known.
    """
    for slo in slos:
        measured, limit = (measure(name, value(name)) for name in (slo.metric, slo.objective))
        if measured is not None and limit:
            yield Comparison(slo, measured, limit)


def measure(name: str, value: Any) -> float | None:
    """A measured value from a custom field; None if it is missing, negative or no number.

    Text may carry a unit, but only one that the field's name has too: `0.8 s` in a field called
    `P99 latency ms` is not guessed at.
    """
    if isinstance(value, str):
        value = _parsed(name, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def _parsed(name: str, text: str) -> float | None:
    found = _MEASURE.fullmatch(text)
    if found is None or (found[2] and found[2].casefold() not in name.casefold().split()):
        return None
    digits = found[1]
    plain = digits.replace(",", "" if _THOUSANDS.fullmatch(digits) else ".")
    try:
        return float(plain)
    except ValueError:
        return None
