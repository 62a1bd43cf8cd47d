"""Schedules as cron has them, and quiet hours in their own time zone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
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


def _times(schedule: ScheduleTable, begin: str, hours: int = 30) -> list[str]:
    """When it is due in these hours, on the clocks of its zone, with their offsets."""
    where = ZoneInfo(schedule.zone)
    now = _ms(datetime.fromisoformat(begin).replace(tzinfo=where))
    end, result = now + hours * 3_600_000, []
    while (due := schedule.next_ms(now)) is not None and due <= end:
        now = due
        result.append(f"{datetime.fromtimestamp(due / 1000, where):%d %H:%M %z}")
    return result


@pytest.mark.parametrize(
    ("cron", "zone", "begin", "due"),
    [
        ("30 2 * * *", "Europe/Berlin", "2026-10-24 12:00", ["25 02:30 +0200"]),
        ("30 2 * * *", "Europe/Berlin", "2026-03-28 12:00", ["29 03:30 +0200"]),
        ("30 1 * * *", "America/New_York", "2026-10-31 12:00", ["01 01:30 -0400"]),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-04 12:00", ["05 01:45 +1100"]),
        (
            "20,40 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03 12:00",
            ["04 02:40 +1100", "04 02:50 +1100"],
        ),
        ("0 0 * * *", "Africa/Cairo", "2026-04-23 12:00", ["24 01:00 +0300"]),
        ("30 2 29 2 *", "Asia/Kolkata", "2028-02-28 12:00", ["29 02:30 +0530"]),
        ("0 0 1 1 *", "Pacific/Apia", "2026-12-31 00:01", ["01 00:00 +1300"]),
    ],
)
def test_a_schedule_is_due_once_on_a_day_when_the_clocks_change(
    cron: str, zone: str, begin: str, due: list[str]
) -> None:
    """Also at a local time that does not exist, or exists twice."""
    assert _times(ScheduleTable(cron=cron, zone=zone), begin) == due


def test_each_hour_is_each_hour_also_when_one_is_repeated() -> None:
    """Of three in the morning to three in the morning there are 25 then, and 23 in spring."""
    schedule = ScheduleTable(cron="0 * * * *", zone="Europe/Berlin")

    assert len(_times(schedule, "2026-10-24 03:00", 25)) == 25
    assert _times(schedule, "2026-10-25 01:00", 3) == [
        "25 02:00 +0200",
        "25 02:00 +0100",
        "25 03:00 +0100",
    ]
    assert _times(schedule, "2026-03-29 01:00", 2) == ["29 03:00 +0200", "29 04:00 +0200"]


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "UTC")
CRONS = ("30 2 * * *", "*/20 * * * *", "0 0 * * *", "10,50 1-3 * * *", "45 23 * * SAT,SUN")
CHANGES = ("2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04")


@given(
    st.sampled_from(ZONES),
    st.sampled_from(CRONS),
    st.sampled_from(CHANGES),
    st.lists(st.integers(-40 * 60_000 * 60, 40 * 60_000 * 60), min_size=2, max_size=5),
)
@example("Europe/Berlin", "30 2 * * *", "2026-03-29", [-72_000_000, -39_120_000])
def test_when_a_schedule_is_due_does_not_depend_on_when_it_is_asked(
    zone: str, cron: str, change: str, asked: list[int]
) -> None:
    """A restart at any moment around a change of the clocks loses no time, and adds none."""
    schedule = ScheduleTable(cron=cron, zone=zone)
    noon = _ms(datetime.fromisoformat(f"{change} 12:00+00:00"))
    moments = sorted(noon + offset for offset in asked)
    for earlier, later in pairwise(moments):
        due = schedule.next_ms(earlier)
        while due is not None and due <= later:
            due = schedule.next_ms(due)
        assert schedule.next_ms(later) == due


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
    expected = None if ends is None else _ms(datetime(2026, 1, ends, 7, tzinfo=MADRID))
    assert QUIET.ends_ms(_ms(now)) == expected


@given(st.integers(1_735_689_600_000, 1_893_456_000_000))
def test_quiet_hours_end_after_now_and_are_over_then(at_ms: int) -> None:
    """On any day of 2025 to 2029, clock changes included: nothing is held for ever."""
    ends = QUIET.ends_ms(at_ms)
    if ends is not None:
        assert at_ms < ends <= at_ms + timedelta(hours=10) // timedelta(milliseconds=1)
        assert QUIET.ends_ms(ends) is None


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(ZONES), st.sampled_from(CHANGES))
@example(2, 30, "Europe/Berlin", "2026-10-25")
def test_quiet_hours_that_end_while_the_clocks_change_end_after_now(
    hour: int, minute: int, zone: str, change: str
) -> None:
    """At a local time that exists twice, or not at all: what waits is not handled over and over."""
    quiet = QuietTable.model_validate(
        {"from": "22:00:00", "to": f"0{hour % 4}:{minute:02}:00", "zone": zone}
    )
    noon = _ms(datetime.fromisoformat(f"{change} 12:00+00:00"))
    for at_ms in range(noon - 36 * 3_600_000, noon + 24 * 3_600_000, 600_000):
        ends = quiet.ends_ms(at_ms)
        assert ends is None or (at_ms < ends and quiet.ends_ms(ends) is None)


def test_without_a_beginning_it_is_never_quiet() -> None:
    """As it is shipped."""
    assert QuietTable().ends_ms(0) is None


@given(st.floats(0.05, 1), st.floats(0.05, 1), st.text("abcdef0123456789", min_size=1))
def test_a_larger_canary_has_all_tasks_of_a_smaller_one(a: float, b: float, task_id: str) -> None:
    """Raising the share takes no task away."""
    task_of_day = task(id=task_id)
    small, large = Canary(share=min(a, b)), Canary(share=max(a, b))
    assert large.has(task_of_day) or not small.has(task_of_day)
    assert Canary().has(task_of_day)


def test_a_canary_has_about_its_share_of_the_tasks_in_its_lists() -> None:
    """And none elsewhere."""
    tasks = [task(id=f"86d{n}") for n in range(2_000)]
    share = sum(map(Canary(share=0.1).has, tasks)) / len(tasks)
    assert 0.08 < share < 0.12
    assert Canary(lists=("Serving",)).has(tasks[0])
    assert not Canary(lists=("Training",)).has(tasks[0])
