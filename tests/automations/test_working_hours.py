"""Working hours in conditions: by the clocks of their zone, also when those change."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.automations.conditions.working_hours import parse_hours

MADRID = "MON-FRI 09:00-17:00 Europe/Madrid"
MOMENTS = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "start", "end", "expected"),
    [
        (MADRID, "2026-01-05 08:00", "2026-01-05 16:00", "8:00"),
        (MADRID, "2026-01-09 15:00", "2026-01-12 09:00", "2:00"),  # over a weekend
        (MADRID, "2026-03-27 15:00", "2026-03-30 08:00", "2:00"),  # clocks go forward
        ("SUN 00:00-24:00 Europe/Madrid", "2026-03-28 00:00", "2026-03-31 00:00", "23:00"),
        ("SUN 00:00-24:00 Europe/Madrid", "2026-10-24 00:00", "2026-10-27 00:00", "25:00"),
        ("SAT,SUN 22:00-06:00", "2026-01-10 00:00", "2026-01-12 12:00", "16:00"),
        ("fri-mon 10:00-11:00", "2026-01-05 00:00", "2026-01-12 00:00", "4:00"),
        (MADRID, "2026-01-05 16:00", "2026-01-05 08:00", "-8:00"),
    ],
)
def test_time_in_working_hours_is_counted(hours: str, start: str, end: str, expected: str) -> None:
    """Days with 23 or 25 hours are as long as they are."""
    hour, minute = expected.split(":")
    between = parse_hours(hours).between(at(start), at(end))
    assert between == timedelta(hours=int(hour), minutes=int(minute))


def test_the_end_is_outside() -> None:
    hours = parse_hours(MADRID)
    answers = [hours.includes(at(f"2026-01-05 {time}")) for time in ("07:59", "08:00", "16:00")]
    assert answers == [False, True, False]


@given(MOMENTS, MOMENTS, MOMENTS)
def test_parts_of_a_time_add_up(first: datetime, second: datetime, third: datetime) -> None:
    """However it is divided."""
    hours, (start, middle, end) = parse_hours(MADRID), sorted((first, second, third))
    total = hours.between(start, end)
    assert total == hours.between(start, middle) + hours.between(middle, end)
    assert timedelta(0) <= total <= end - start


@pytest.mark.parametrize(
    "text", ["", "9-17", "MON 09:00-25:00", "MON-XYZ 09:00-17:00", "MON 09:00-17:00 Mars/Base"]
)
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"working hours|time zone|hour must"):
        parse_hours(text)
