"""Axes: round numbers around the values, and times that stand on clocks."""

import math
from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from clickup_mlops.views import ticks

HOUR = 3_600_000
UNITS = st.sampled_from(["", "ms", "s", "%", "bytes", "bit/s", "requests/s"])
NUMBERS = st.floats(-1e15, 1e15)


@given(NUMBERS, NUMBERS, UNITS)
@example(0.0, 5e-324, "")
@example(-5e-324, 1e-310, "bytes")
def test_the_axis_holds_what_is_measured(first, second, unit):
    low, high = sorted((first, second))

    axis = ticks.choose_axis(low, high, unit)

    reach = 1e-6 * max(abs(low), abs(high), 1e-9)
    assert axis.low <= low + reach
    assert axis.high >= high - reach
    assert 2 <= len(axis.ticks) <= 12
    assert [value for value, _label in axis.ticks] == sorted(value for value, _label in axis.ticks)


@given(st.floats(1e-3, 1e9), UNITS)
def test_labels_of_an_axis_differ(high, unit):
    labels = [label for _value, label in ticks.choose_axis(0, high, unit).ticks]

    assert len(set(labels)) == len(labels)


def test_units_grow_with_the_numbers():
    assert ticks.choose_axis(0, 90_000, "ms").unit == "s"
    assert ticks.choose_axis(0, 5e9, "bytes").unit == "GiB"
    assert ticks.choose_axis(0, 400e9, "bit/s").unit == "Gbit/s"
    assert ticks.choose_axis(0, 12_000, "").ticks[-1][1].endswith("k")


def test_values_far_from_zero_are_not_pressed_flat():
    assert ticks.choose_axis(0.93, 0.95, "").low > 0.9


ZONES = st.sampled_from(
    ["UTC", "Europe/Madrid", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]
)


@given(st.integers(0, 4_000_000_000_000), st.integers(60_000, 90 * 24 * HOUR), ZONES)
def test_ticks_of_time_are_few_in_order_and_inside(start, length, zone):
    labelled = ticks.choose_times(start, start + length, zone)

    times = [at for at, _label in labelled]
    assert times == sorted(set(times))
    assert all(start <= at <= start + length for at in times)
    assert len(labelled) <= 10


def test_ticks_stand_on_the_zones_clock_when_it_changes():
    """Madrid, 29 March 2026: there is no 02:00, and the day has 23 hours."""
    start = int(datetime(2026, 3, 29, tzinfo=ZoneInfo("Europe/Madrid")).timestamp() * 1000)

    labels = [
        label for _at, label in ticks.choose_times(start, start + 5 * HOUR, "Europe/Madrid", most=6)
    ]

    assert labels == ["29 Mar", "01:00", "03:00", "04:00", "05:00", "06:00"]


def test_ticks_of_days_stay_where_they_are_when_the_range_moves():
    day = 24 * HOUR
    days = [
        {at for at, _l in ticks.choose_times(n * day, (n + 90) * day, "UTC")} for n in (700, 701)
    ]

    assert len(days[0] & days[1]) >= len(days[0]) - 1


def test_an_axis_of_nothing_is_an_axis():
    assert all(math.isfinite(value) for value, _label in ticks.choose_axis(0, 0, "ms").ticks)
