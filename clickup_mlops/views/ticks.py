"""Where the lines of a chart's grid stand, and what is written there."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from clickup_mlops.views.text import MONTHS, to_local

_MINUTES: Final = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)
_DAYS: Final = (1, 2, 7, 14, 28, 91, 182, 364)
_DAY: Final = 1440
_BINARY: Final = (("", 1.0), ("Ki", 2.0**10), ("Mi", 2.0**20), ("Gi", 2.0**30), ("Ti", 2.0**40))
_DECIMAL: Final = (("", 1.0), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12))
_BYTES: Final = {"bytes": "B", "B": "B", "bytes/s": "B/s", "B/s": "B/s"}
_BITS: Final = {"bit/s": "bit/s", "bits/s": "bit/s", "bit": "bit"}
_RELATIVE_GAP: Final = 1e-9
_MOST_DIGITS: Final = 6
_LARGEST: Final = 1e9
_ZERO: Final = 1e-300  # what is nearer to zero has no tenth, as a float
_TIMES: Final = (("ms", 1.0), ("s", 1e3), ("min", 6e4), ("h", 3.6e6), ("d", 8.64e7))


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`; `ticks` are values between them with what is written there.

    `unit` is what the written numbers are in, which are the values divided by `divisor`: not always
    the unit of the values.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    unit: str
    divisor: float = 1.0


def choose_axis(low: float, high: float, unit: str, most: int = 5) -> Axis:
    """An axis that shows both values. From zero, unless the values are far from it."""
    if max(abs(low), abs(high)) < _ZERO:
        low = high = 0.0
    if low >= 0 and low < 0.6 * high:
        low = 0.0
    if high - low <= _RELATIVE_GAP * max(
        abs(low), abs(high)
    ):  # floats between them would be too few
        low, high = (2 * low, 0.0) if high < 0 else (0.0, 2 * high or 1.0)
    divisor, display_unit, mark = _choose_scale(max(abs(low), abs(high)), unit)
    step = _round_up((high - low) / divisor / most)
    first = math.floor(low / divisor / step + 1e-9)
    last = math.ceil(high / divisor / step - 1e-9)
    digits = _count_digits(step)
    value_ticks = [
        (n * step * divisor, _format_label(n * step, digits) + mark) for n in range(first, last + 1)
    ]
    return Axis(value_ticks[0][0], value_ticks[-1][0], tuple(value_ticks), display_unit, divisor)


def choose_times(start_ms: int, end_ms: int, zone: str, most: int = 8) -> list[tuple[int, str]]:
    """Round times of the time zone's clocks between the two (Unix ms), with their labels."""
    wanted_minutes = (end_ms - start_ms) / 60_000 / most
    step = next((candidate for candidate in _MINUTES if candidate >= wanted_minutes), 0)
    if step:
        return [*_label_times(_iterate_times(start_ms, end_ms, zone, step), zone)]
    days = next((candidate for candidate in _DAYS if candidate * _DAY >= wanted_minutes), _DAYS[-1])
    return [*_label_times(_iterate_times(start_ms, end_ms, zone, days * _DAY), zone)]


def _iterate_times(start_ms: int, end_ms: int, zone: str, minutes: int) -> Iterator[int]:
    place = ZoneInfo(zone)
    clock = to_local(start_ms, zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    if minutes > _DAY:  # the same days in whatever range
        clock -= timedelta(days=(clock.toordinal() - 1) % (minutes // _DAY))
    last = -1
    while (at_ms := _to_ms(clock, place)) <= end_ms:
        if at_ms >= start_ms and at_ms > last and _is_on_clock(clock, place):
            yield (last := at_ms)
        clock += timedelta(minutes=minutes)


def _to_ms(clock: datetime, place: ZoneInfo) -> int:
    return int(clock.replace(tzinfo=place).timestamp() * 1000)


def _is_on_clock(clock: datetime, place: ZoneInfo) -> bool:
    # The hour that is left out in spring is on no clock.
    on_clock = clock.replace(tzinfo=place).astimezone(UTC).astimezone(place)
    return on_clock.replace(tzinfo=None) == clock


def _label_times(times_ms: Iterator[int], zone: str) -> Iterator[tuple[int, str]]:
    for at_ms in times_ms:
        at = to_local(at_ms, zone)
        day = f"{at.day} {MONTHS[at.month - 1]}"
        yield at_ms, day if (at.hour, at.minute) == (0, 0) else f"{at:%H:%M}"


def _round_up(step: float) -> float:
    scale = 10.0 ** math.floor(math.log10(step))
    return next(
        factor * scale for factor in (1, 2, 2.5, 5, 10) if factor * scale >= step * (1 - 1e-9)
    )


def _count_digits(step: float) -> int:
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return digits if round(step, digits) == round(step, digits + 2) else digits + 1  # 2.5, 0.25


def _format_label(value: float, digits: int) -> str:
    if digits > _MOST_DIGITS or abs(value) >= _LARGEST:
        return f"{value:.4g}"
    return f"{value:,.{digits}f}"


def _choose_scale(largest: float, unit: str) -> tuple[float, str, str]:
    """What values are divided by, the unit then, and what stands behind each number."""
    if not unit:
        # 1,200 is short enough; 12,000 is 12k.
        mark, divisor = _choose_largest(_DECIMAL, largest if largest >= 1e4 else 1)
        return divisor, "", mark
    if unit in _BYTES or unit in _BITS:
        prefix, divisor = _choose_largest(_BINARY if unit in _BYTES else _DECIMAL, largest)
        return divisor, prefix + (_BYTES.get(unit) or _BITS[unit]), ""
    factor = {"ms": 1.0, "s": 1e3}.get(unit, 0.0)
    # As fields and objectives are in ms, 2,500 ms stay so.
    display_unit, length = _choose_largest(
        _TIMES, largest * factor / 2 if largest * factor >= 1e4 else 1
    )
    return (length / factor, display_unit, "") if factor and length > factor else (1.0, unit, "")


def _choose_largest(scales: tuple[tuple[str, float], ...], largest: float) -> tuple[str, float]:
    return [scale for scale in scales if scale[1] == 1.0 or largest >= scale[1]][-1]
