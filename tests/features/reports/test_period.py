"""Periods: names, bounds, and the laws that hold over every change of clocks."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.errors import InputError
from clickup_mlops.ports.sections import period
from clickup_mlops.ports.sections.period import CALENDAR, Calendar

HOUR_MS = 3_600_000
ZONES = (
    "UTC",
    "Europe/Madrid",
    "America/New_York",
    "America/Sao_Paulo",  # clocks skipped midnight
    "America/Havana",  # clocks repeated midnight
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",  # has no 30 December 2011
)
every = st.sampled_from(CALENDAR)
zones = st.sampled_from(ZONES)
moments = st.integers(1_000_000_000_000, 4_000_000_000_000)


def _ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


@given(every, moments, zones)
def test_a_time_is_in_its_period(every: Calendar, at_ms: int, zone: str) -> None:
    """And the period is found again by its name."""
    result = period.containing(every, at_ms, zone)

    assert result.start_ms <= at_ms < result.end_ms
    assert period.named(every, result.name, zone) == result


@given(every, moments, zones)
def test_periods_have_no_gap_and_no_overlap(every: Calendar, at_ms: int, zone: str) -> None:
    """Each ends where the next one begins, and the one before leads back."""
    result = period.containing(every, at_ms, zone)
    before, after = period.before(result), period.after(result)

    assert before is not None and after is not None
    assert (before.end_ms, result.end_ms) == (result.start_ms, after.start_ms)
    assert period.after(before) == result == period.before(after)
    assert before.name < result.name < after.name


@given(every, moments, zones)
def test_the_last_period_is_over(every: Calendar, now_ms: int, zone: str) -> None:
    """And the one after it is not."""
    result = period.last(every, now_ms, zone)
    after = period.after(result)

    assert result.end_ms <= now_ms
    assert after is not None and now_ms < after.end_ms


@pytest.mark.parametrize(
    ("every", "name", "hours"),
    [
        ("daily", "2026-03-29", 23),
        ("daily", "2026-10-25", 25),
        ("daily", "2026-11-27", 24),
        ("weekly", "2026-W43", 169),
        ("monthly", "2026-03", 31 * 24 - 1),
    ],
)
def test_clocks_change_the_length_of_a_period(every: Any, name: str, hours: int) -> None:
    named = period.named(every, name, "Europe/Madrid")

    assert named.end_ms - named.start_ms == hours * HOUR_MS


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("Europe/Madrid", "2026-11-27", "2026-11-27T00:00:00+01:00"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"),  # no midnight
        ("America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00"),  # two: the first
    ],
)
def test_a_day_begins_with_its_first_moment(zone: str, day: str, begins: str) -> None:
    assert period.named("daily", day, zone).start_ms == _ms(begins)


def test_iso_weeks_cross_the_year() -> None:
    """Week 53 of 2026 ends in 2027."""
    week = period.named("weekly", "2026-W53", "UTC")

    assert week.start_ms == int(datetime(2026, 12, 28, tzinfo=UTC).timestamp()) * 1000
    after = period.after(week)
    assert after is not None and after.name == "2027-W01"


@pytest.mark.parametrize(
    ("every", "name"),
    [
        ("daily", "2026-02-30"),
        ("daily", "2026-W48"),
        ("weekly", "2025-W53"),
        ("weekly", "2026-W00"),
        ("monthly", "2026-13"),
        ("monthly", "2026-11 "),
        ("monthly", "٢٠٢٦-11"),
        ("daily", "0001-01-01"),
        ("daily", "9999-12-31"),
        ("weekly", ""),
    ],
)
def test_what_names_no_period_is_refused_with_an_example(every: Any, name: str) -> None:
    with pytest.raises(InputError) as refused:
        period.named(every, name, "UTC")

    assert period.EXAMPLES[every] in refused.value.hint


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "/etc/passwd", "Europe", ""])
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(InputError, match="time zone"):
        period.containing("daily", 0, zone)


def test_a_milestone_has_no_period_before() -> None:
    assert period.before(period.of_task("milestone", "M1", 1, 2, "UTC")) is None


def test_people_read_name_days_and_zone() -> None:
    week = period.named("weekly", "2026-W48", "Europe/Madrid")
    day = period.named("daily", "2026-11-27", "UTC")

    assert period.text(week) == "2026-W48 (2026-11-23 to 2026-11-29, Europe/Madrid)"
    assert period.text(day) == "2026-11-27, UTC"
