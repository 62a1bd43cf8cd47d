"""Compares measured values with their service level objectives (SLO).

Pure. The urgency of routing and `task.breaches` of automations use the same comparison.
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
"""Rounding of shares, so that 10% of a limit is 0.1 and not 0.0999…"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measured value and the limit of its objective, both in the unit of the metric."""

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
        return unit_of(self.slo.metric)

    @property
    def over(self) -> float:
        """Distance beyond the limit, as a share of the limit; 0 without a breach."""
        if not self.breached:
            return 0.0
        return round(abs(self.measured - self.limit) / self.limit, _DIGITS)

    @property
    def room(self) -> float:
        """Remaining share of the limit; negative in a breach.

        For a percentage with a lower limit, such as availability, it is a share of the range from
        the limit to 100%.
        """
        above = self.slo.worse == "above"
        free = self.limit - self.measured if above else self.measured - self.limit
        return round(free / self._range, _DIGITS) if self._range > 0 else math.copysign(1, free)

    def holds(self, margin: float, *, held: bool) -> bool:
        """Whether it counts as a breach. One that did (`held`) is over with `margin` of room."""
        return self.breached or (held and self.room < margin)

    def recovery(self, margin: float) -> float:
        """The value at which a breach is over."""
        room = margin * max(0.0, self._range)
        return round(self.limit + (-room if self.slo.worse == "above" else room), _DIGITS)

    @property
    def _range(self) -> float:
        """What a share of room is a share of."""
        above = self.slo.worse == "above"
        return self.limit if above or self.unit != "%" else 100 - self.limit


def unit_of(name: str) -> str:
    """The last word of a custom field's name if that is a unit, else empty."""
    last = name.split()[-1:]
    return last[0] if last and last[0].casefold() in _UNITS else ""


def compare_values(slos: Iterable[Slo], value: Callable[[str], object]) -> Iterator[Comparison]:
    """Comparisons of pairs with both values set; `value` reads a custom field by name.

    An objective of zero counts as unset, because ClickUp shows an unset number field like that.
    """
    for slo in slos:
        if (text := value(slo.metric)) is None:
            continue
        measured = parse_measure(slo.metric, text)
        limit = parse_measure(slo.objective, value(slo.objective))
        if measured is not None and limit:
            yield Comparison(slo, measured, limit)


def parse_measure(name: str, value: Any) -> float | None:
    """A measured value from a custom field; None if it is missing, negative or no number.

    Text may carry a unit, but only one that the field's name has too: `0.8 s` in a field called
    `P99 latency ms` is ignored.
    """
    if isinstance(value, str):
        value = _parse_text(name, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def _parse_text(name: str, text: str) -> float | None:
    match = _MEASURE.fullmatch(text)
    if match is None or (match[2] and match[2].casefold() not in name.casefold().split()):
        return None
    digits = match[1]
    plain = digits.replace(",", "" if _THOUSANDS.fullmatch(digits) else ".")
    try:
        return float(plain)
    except ValueError:
        return None
