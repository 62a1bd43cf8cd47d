"""Schedules as cron has them, and quiet hours in their own time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.automations.canary import Canary
from clickup_mlops.automations.schedule import QuietTable, ScheduleTable
from tests.automations.support import task

MADRID = ZoneInfo("Europe/Madrid")


def _ms(when: datetime) -> int:
    return round(when.timestamp() * 1000)


@pytest.mark.parametrize(
    ("cron", "zone", "due"),
    [
        ("0 9 * * MON", "Europe/Madrid", datetime(2026, 1, 12, 9, tzinfo=MADRID)),
        ("0 9 * * 1", "Europe/Madrid", datetime(2026, 1, 12, 9, tzinfo=MADRID)),
        ("0 9 * * 0", "UTC", datetime(2026, 1, 11, 9, tzinfo=UTC)),
        ("0 9 * * 7", "UTC", datetime(2026, 1, 11, 9, tzinfo=UTC)),
        ("30 8 * * 1-5", "UTC", datetime(2026, 1, 6, 8, 30, tzinfo=UTC)),
        ("*/15 * * * *", "UTC", datetime(2026, 1, 5, 12, 15, tzinfo=UTC)),
        ("0 6 1 * *", "UTC", datetime(2026, 2, 1, 6, tzinfo=UTC)),
    ],
)
def test_days_of_the_week_are_those_of_cron(cron: str, zone: str, due: datetime) -> None:
    """0 and 7 are Sunday; the next time after noon of Monday, 5 January 2026."""
    schedule = ScheduleTable(cron=cron, zone=zone)
    assert schedule.next_ms(_ms(datetime(2026, 1, 5, 12, tzinfo=UTC))) == _ms(due)


def test_a_schedule_keeps_its_local_time_when_the_clock_changes() -> None:
    """Nine in the morning stays nine in the morning."""
    schedule = ScheduleTable(cron="0 9 * * *", zone="Europe/Madrid")
    due = schedule.next_ms(_ms(datetime(2026, 3, 28, 9, tzinfo=MADRID)))
    assert due == _ms(datetime(2026, 3, 29, 9, tzinfo=MADRID))
    assert due - _ms(datetime(2026, 3, 28, 9, tzinfo=MADRID)) == 23 * 3_600_000


QUIET = QuietTable.model_validate(
    {"from": "22:00:00", "to": "07:00:00", "zone": "Europe/Madrid", "days": ["FRI", "SAT"]}
)


@pytest.mark.parametrize(
    ("day", "hour", "ends"),
    [
        (9, 21, None),
        (9, 22, 10),  # Friday evening
        (10, 6, 10),
        (10, 7, None),
        (10, 23, 11),
        (11, 3, 11),
        (11, 22, None),  # Sunday is not in `days`
        (12, 3, None),
    ],
)
def test_quiet_hours_cross_midnight_and_belong_to_the_day_they_begin(
    day: int, hour: int, ends: int | None
) -> None:
    """In January 2026, Madrid."""
    now = datetime(2026, 1, day, hour, tzinfo=MADRID)
    wanted = None if ends is None else _ms(datetime(2026, 1, ends, 7, tzinfo=MADRID))
    assert QUIET.ends_ms(_ms(now)) == wanted


@given(st.integers(1_735_689_600_000, 1_893_456_000_000))
def test_quiet_hours_end_after_now_and_are_over_then(at_ms: int) -> None:
    """On any day of 2025 to 2029, clock changes included: nothing is held for ever."""
    ends = QUIET.ends_ms(at_ms)
    if ends is not None:
        assert at_ms < ends <= at_ms + timedelta(hours=10) // timedelta(milliseconds=1)
        assert QUIET.ends_ms(ends) is None


def test_without_a_beginning_it_is_never_quiet() -> None:
    """As it is shipped."""
    assert QuietTable().ends_ms(0) is None


@given(st.floats(0.05, 1), st.floats(0.05, 1), st.text("abcdef0123456789", min_size=1))
def test_a_larger_canary_has_all_tasks_of_a_smaller_one(a: float, b: float, task_id: str) -> None:
    """Raising the share takes no task away."""
    one = task(id=task_id)
    small, large = Canary(share=min(a, b)), Canary(share=max(a, b))
    assert large.has(one) or not small.has(one)
    assert Canary().has(one)


def test_a_canary_has_about_its_share_of_the_tasks_in_its_lists() -> None:
    """And none elsewhere."""
    tasks = [task(id=f"86d{n}") for n in range(2_000)]
    share = sum(map(Canary(share=0.1).has, tasks)) / len(tasks)
    assert 0.08 < share < 0.12
    assert Canary(lists=("Serving",)).has(tasks[0])
    assert not Canary(lists=("Training",)).has(tasks[0])
