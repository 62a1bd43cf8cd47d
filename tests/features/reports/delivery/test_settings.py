"""`[reports.<name>]`: what is taken, and when a report is sent."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from clickup_mlops.features.reports.delivery.schedule import latest_due_ms
from clickup_mlops.features.reports.delivery.settings import ReportSettings
from tests.features.reports.delivery.maker import SmallMaker

MADRID = ZoneInfo("Europe/Madrid")
DAY_MS = 86_400_000


def at(text: str, zone: ZoneInfo = MADRID) -> int:
    """Unix ms of a local time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def test_a_target_of_an_unknown_kind_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match=r"'chta' is no kind of target.*chat"):
        ReportSettings.model_validate({"targets": {"a": {"kind": "chta"}}})


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"kind": "chat"}, "channel"),
        ({"kind": "file", "folder": "x", "formats": []}, "formats"),
        ({"kind": "mail", "receivers": ["a@b.org\nBcc: c@d.org"]}, "no e-mail address"),
        ({"kind": "doc", "page": "x"}, "page"),
    ],
)
def test_a_wrong_key_of_a_target_is_named(table: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        ReportSettings.model_validate({"targets": {"a": table}})


@pytest.mark.parametrize(
    ("settings", "next_time"),
    [
        ({"every": "daily", "at": "08:30"}, "2026-11-28 08:30"),
        ({"every": "weekly", "at": "07:00", "weekday": "FRI"}, "2026-12-04 07:00"),
        ({"every": "monthly", "at": "06:00", "day": 3}, "2026-12-03 06:00"),
    ],
)
def test_the_schedule_is_in_the_time_zone_of_the_report(
    settings: dict[str, object], next_time: str
) -> None:
    report = ReportSettings.model_validate({"zone": "Europe/Madrid", **settings})

    assert report.next_ms(at("2026-11-27 12:00")) == at(next_time)


def test_of_several_missed_times_the_last_one_counts() -> None:
    """Ten days away: one report, about yesterday."""
    report = ReportSettings(every="daily", zone="Europe/Madrid")

    due = latest_due_ms(report, at("2026-11-17 12:00"), at("2026-11-27 12:00"))

    assert due == at("2026-11-27 08:00")


def test_nothing_is_due_before_its_time() -> None:
    report = ReportSettings(every="daily", zone="Europe/Madrid")

    assert latest_due_ms(report, at("2026-11-27 08:00"), at("2026-11-28 07:59")) is None


@given(
    every=st.sampled_from(["daily", "weekly"]),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    zone=st.sampled_from(["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    start=st.integers(at("2026-01-01 00:00"), at("2026-12-01 00:00")),
    steps=st.lists(st.integers(60_000, 3 * DAY_MS), min_size=1, max_size=40),
)
def test_however_often_it_is_looked_each_period_is_sent_in_order_and_none_twice(
    every: str, hour: int, minute: int, zone: str, start: int, steps: list[int]
) -> None:
    """Over both changes of the clocks, with gaps of up to three days."""
    report = ReportSettings.model_validate(
        {"every": every, "at": f"{hour:02}:{minute:02}", "zone": zone}
    )
    maker, now, periods = SmallMaker(), start, []
    for step in steps:
        last, now = now, now + step
        due = latest_due_ms(report, last, now)
        if due is not None:
            assert last < due <= now
            periods.append(maker.last(report.every, due, zone))

    starts = [period.start_ms for period in periods]
    assert starts == sorted(set(starts))


def test_each_day_of_a_year_has_its_report_also_when_the_clocks_change() -> None:
    """At 02:30, which is skipped in March and there twice in October."""
    report = ReportSettings.model_validate(
        {"every": "daily", "at": "02:30", "zone": "Europe/Madrid"}
    )
    maker, names = SmallMaker(), []
    now = at("2026-01-01 00:00")
    while now < at("2027-01-01 00:00"):
        due = latest_due_ms(report, now, now + 3_600_000)
        now += 3_600_000
        if due is not None:
            names.append(maker.last("daily", due, "Europe/Madrid").name)

    days = [date(2025, 12, 31) + timedelta(days=n) for n in range(365)]
    assert names == [day.isoformat() for day in days]
