"""Peak hours on clocks that change."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

import pytest

from clickup_mlops.automations.schedule import DAYS, Day
from clickup_mlops.features.schedule.plan.model import HOUR_MS
from clickup_mlops.features.schedule.plan.peaks import windows


@dataclass(frozen=True)
class Hours:
    """In Madrid."""

    begin: time
    end: time
    days: tuple[Day, ...] = DAYS
    zone: str = "Europe/Madrid"


def ms(*at: int) -> int:
    return round(datetime(*at, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("hours", "day", "expected"),
    [
        (Hours(time(8), time(18)), (2026, 3, 28), [(7, 10)]),
        (Hours(time(8), time(18)), (2026, 3, 29), [(6, 10)]),  # clocks go forward at 01:00 UTC
        (Hours(time(2), time(3)), (2026, 3, 29), []),  # this hour does not exist
        (Hours(time(1), time(4)), (2026, 3, 29), [(0, 2)]),
        (Hours(time(1), time(3)), (2026, 10, 25), [(-1, 3)]),  # 02:00 to 03:00 comes twice
        (Hours(time(8), time(18), ("SAT",)), (2026, 3, 29), []),
    ],
)
def test_peak_hours_follow_the_clocks(
    hours: Hours, day: tuple[int, int, int], expected: list[tuple[int, int]]
) -> None:
    """Begin in UTC hours of the day, and length."""
    midnight = ms(*day)
    start, end = midnight, midnight + 20 * HOUR_MS
    result = [
        ((window.start_ms - midnight) // HOUR_MS, (window.end_ms - window.start_ms) // HOUR_MS)
        for window in windows([hours], start, end)
    ]
    assert result == expected


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    """From Friday 22:00 to Saturday 06:00."""
    hours = Hours(time(22), time(6), ("FRI",), "UTC")
    (window,) = windows([hours], ms(2026, 11, 23), ms(2026, 11, 30))
    assert (window.start_ms, window.end_ms) == (ms(2026, 11, 27, 22), ms(2026, 11, 28, 6))


def test_overlapping_hours_are_joined() -> None:
    """So that a start after one of them is not in the other."""
    both = [Hours(time(8), time(12)), Hours(time(10), time(18))]
    (window,) = windows(both, ms(2026, 11, 24), ms(2026, 11, 24, 23))
    assert window.length_ms == 10 * HOUR_MS
