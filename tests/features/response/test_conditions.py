"""Time that counts towards a response objective."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.automations.conditions.working_hours import parse_hours
from clickup_mlops.features.response.conditions.response import Move, count_elapsed
from clickup_mlops.features.response.settings import ResponseSettings

WAITING = ("waiting for reporter",)
ZONES = ("UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
HOURS = st.builds(
    "{} {} {}".format,
    st.sampled_from(["MON-FRI", "SAT,SUN", "MON-SUN"]),
    st.sampled_from(["09:00-17:00", "22:00-06:00", "00:00-24:00", "02:30-02:15"]),
    st.sampled_from(ZONES),
).map(parse_hours)


def ms(moment: str) -> int:
    """Unix ms of a time in UTC."""
    return round(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000)


YEAR = st.integers(ms("2026-01-01") // 60_000, ms("2027-01-01") // 60_000).map((60_000).__mul__)
CHANGES = ("2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01")
"""Days on which the clocks of one of the zones change."""
AROUND = st.tuples(st.sampled_from([*map(ms, CHANGES)]), st.integers(-36, 60)).map(
    lambda day: day[0] + day[1] * 1_800_000
)
TIMES = st.one_of(YEAR, AROUND)
MOVES = st.lists(st.builds(Move, TIMES, st.sampled_from(["to do", "Waiting for reporter"])))


@given(st.tuples(TIMES, TIMES, TIMES).map(sorted), MOVES, HOURS)
def test_parts_add_up_to_the_whole(times: list[int], moves: list[Move], hours: Any) -> None:
    """Whenever it is looked at meanwhile."""
    start, between, end = times
    first = count_elapsed(start, between, moves, hours, WAITING)
    second = count_elapsed(between, end, moves, hours, WAITING)
    assert first + second == count_elapsed(start, end, moves, hours, WAITING)


@given(st.tuples(TIMES, TIMES).map(sorted), MOVES, HOURS, st.randoms())
def test_it_is_never_more_than_the_time_on_the_wall_in_any_order(
    times: list[int], moves: list[Move], hours: Any, random: Any
) -> None:
    """On days with 23 to 25 hours, too; the order in which events came does not matter."""
    start, end = times
    elapsed = count_elapsed(start, end, moves, hours, WAITING)
    assert timedelta(0) <= elapsed <= timedelta(milliseconds=end - start)
    shuffled = random.sample(moves, len(moves))
    assert count_elapsed(start, end, shuffled, hours, WAITING) == elapsed
    assert elapsed <= count_elapsed(start, end, [], hours, WAITING)


@given(st.tuples(TIMES, TIMES).map(sorted), st.sampled_from(ZONES))
def test_without_a_pause_all_time_counts(times: list[int], zone: str) -> None:
    """All hours of all days, in every zone."""
    hours = parse_hours(f"MON-SUN 00:00-24:00 {zone}")
    elapsed = count_elapsed(*times, [Move(times[0], WAITING[0])], hours, ())
    assert elapsed == timedelta(milliseconds=times[1] - times[0])


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Madrid", "2026-03-29", 23),
        ("Europe/Madrid", "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Asia/Kathmandu", "2026-03-29", 24),
    ],
)
def test_a_day_has_the_hours_of_its_zone(zone: str, day: str, hours: float) -> None:
    """On these days the clocks change, in the last place they never do."""
    whole = parse_hours(f"SUN 00:00-24:00 {zone}")
    start = ms(day) - 86_400_000
    assert count_elapsed(start, start + 4 * 86_400_000, [], whole, ()) == timedelta(hours=hours)


def test_friday_evening_to_monday_morning() -> None:
    """Ten minutes on Friday, twenty on Monday, of which five wait for the reporter."""
    hours = parse_hours("MON-FRI 09:00-18:00 Europe/Madrid")
    moves = [
        Move(ms("2027-01-18T08:05"), "to do"),
        Move(ms("2027-01-15T22:00"), "Waiting for Reporter"),
    ]
    start, end = ms("2027-01-15T16:50"), ms("2027-01-18T08:20")
    assert count_elapsed(start, end, moves, hours, WAITING) == timedelta(minutes=25)
    assert count_elapsed(start, end, [], hours, WAITING) == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("workload", "priority", "minutes"),
    [
        ("inference", "low", 30),
        ("inference", "urgent", 15),
        ("training", "none", 480),
        ("data", "none", 0),
        ("infra", "urgent", 15),
    ],
)
def test_the_shortest_objective_that_fits_holds(workload: str, priority: str, minutes: int) -> None:
    """By workload and by priority; 0 is none."""
    objectives = {"inference": "PT30M", "training": "PT8H", "urgent": "PT15M", "infra": "PT0S"}
    settings = ResponseSettings.model_validate({"objectives": objectives})
    assert settings.objective(workload, priority) == timedelta(minutes=minutes)


def test_hours_that_are_none_are_refused() -> None:
    """With the form that they have."""
    with pytest.raises(ValueError, match="working hours are written"):
        ResponseSettings.model_validate({"hours": "9 to 5"})
