"""Whole days and times in time zones: a day is that of the token's user, a time is an instant."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clickup_mlops.features.migration.columns import _dates
from clickup_mlops.features.migration.verify import reading
from tests.features.migration.verify.migrated import NOON_MS, Migrated

HOUR_MS = 3_600_000
ZONES = (
    "UTC",
    "Pacific/Honolulu",
    "America/New_York",
    "America/St_Johns",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
)
FARTHEST = ("Pacific/Pago_Pago", "Pacific/Kiritimati")
DAYS = (
    "2026-06-15",
    "2026-03-08",  # clocks go forward in New York
    "2026-03-29",  # and in Berlin
    "2026-04-05",  # back in Auckland and on Lord Howe Island
    "2026-10-25",
    "2026-11-01",
    "2026-12-31",
)


def stored_ms(day: str, zone: str) -> int:
    """What ClickUp keeps for a whole day: 04:00 of it where the token's user lives."""
    at = datetime.fromisoformat(day).replace(hour=4, tzinfo=ZoneInfo(zone))
    return round(at.timestamp() * 1000)


def later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


@pytest.mark.parametrize("zone", [*ZONES, *FARTHEST])
@pytest.mark.parametrize("day", DAYS)
def test_a_whole_day_is_the_same_and_no_neighbour_where_the_user_lives(day: str, zone: str) -> None:
    moment = reading.day(day, ZoneInfo(zone))

    assert moment.holds(stored_ms(day, zone))
    for days in (-1, 1):
        assert not moment.holds(stored_ms(later(day, days), zone))
        assert not moment.holds(stored_ms(day, zone) + days * 24 * HOUR_MS)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", DAYS)
def test_what_a_run_writes_for_a_day_is_that_day_from_hawaii_to_new_zealand(
    day: str, zone: str
) -> None:
    assert reading.day(day, ZoneInfo(zone)).holds(_dates.day_ms(day))


@pytest.mark.parametrize("zone", [*ZONES, *FARTHEST])
def test_without_a_known_zone_no_day_is_taken_for_wrong(zone: str) -> None:
    assert reading.day(DAYS[0], None).holds(stored_ms(DAYS[0], zone))


@pytest.mark.parametrize("zone", ZONES)
def test_a_due_day_that_has_shifted_is_found(migrated: Migrated, zone: str) -> None:
    """The same day, kept as ClickUp keeps it, is none."""
    migrated.sandbox.control.members[0].timezone = zone
    task = migrated.tasks["1"]

    for days, expected in ((0, []), (1, [("1", "Due")]), (-1, [("1", "Due")])):
        due_ms = stored_ms(later("2026-06-15", days), zone)
        migrated.clickup.tasks.update(task, due_ms=due_ms, dates_have_time=False)
        assert migrated.differences() == expected


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_time_that_is_an_hour_off_is_found(migrated: Migrated, hours: int) -> None:
    migrated.set("1", "Started", NOON_MS + hours * HOUR_MS)

    assert migrated.differences() == [("1", "Started")]


def test_a_zone_that_there_is_not_is_none(migrated: Migrated) -> None:
    """And the day may be that of any zone."""
    migrated.sandbox.control.members[0].timezone = "Mars/Olympus"

    assert migrated.clickup.authorization.time_zone() is None
    assert migrated.differences() == []
