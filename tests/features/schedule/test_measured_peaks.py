"""Peak hours that metrics show: no run starts in them."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.schedule import measured_peaks
from clickup_mlops.features.schedule.package import JOB
from clickup_mlops.store.tables.history import FIVE_MINUTES, HOUR, Series
from tests.features.schedule.conftest import HOUR_MS, Runs
from tests.features.schedule.test_job import follow
from tests.flows.conftest import Team

DAY_MS = 24 * HOUR_MS
WEEK_MS = 7 * DAY_MS
BUSY = range(8, 20)


def load(at_ms: int) -> float:
    """Requests per second: high from 8 to 20 h UTC."""
    return 90.0 if at_ms % DAY_MS // HOUR_MS in BUSY else 10.0


def measure(team: Team, end_ms: int) -> None:
    """Two weeks of two replicas until then, as the bot records and rolls them up."""
    history, begin_ms = team.bot.store.history, end_ms - 2 * WEEK_MS
    workspace = team.sandbox.team_id
    for replica in ("a", "b"):
        series = Series(workspace, "vllm", "requests_per_s", f"pod={replica}", "", "", "requests/s")
        hours = range(begin_ms, end_ms, HOUR_MS)
        history.put([(series, at_ms, load(at_ms) / 2) for at_ms in hours])
    for step_ms in (FIVE_MINUTES, HOUR):
        history.rollup(step_ms, begin_ms, end_ms)


def test_a_run_waits_until_the_measured_peak_is_over(team: Team) -> None:
    """It would start at noon; the hours from 8 to 20 were high on each day of two weeks."""
    clock = team.control.clock
    clock.advance(WEEK_MS - clock.now_ms() % WEEK_MS + 12 * HOUR_MS)
    now_ms = clock.now_ms()
    measure(team, now_ms // HOUR_MS * HOUR_MS)
    runs = Runs(team.sandbox)
    task = runs.add("a run", 16)
    follow(team, peak_measure="requests_per_s", horizon=timedelta(days=7))
    team.settle()
    team.job(JOB)

    start_ms, _ = runs.dates(task)
    assert start_ms is not None and start_ms % DAY_MS // HOUR_MS == 20
    assert start_ms - now_ms < 9 * HOUR_MS


@given(st.integers(0, 10 * WEEK_MS), st.integers(1, WEEK_MS), st.floats(0.2, 1.0))
def test_the_high_hours_are_peaks_and_no_other(start_ms: int, length_ms: int, share: float) -> None:
    """Whatever hour the plan begins at: each hour until its end is one or the other."""
    loads = {at_ms: load(at_ms) for at_ms in range(0, WEEK_MS, HOUR_MS)}
    windows = measured_peaks.peaks(loads, share, start_ms, start_ms + length_ms)

    for at_ms in range(start_ms, start_ms + length_ms, HOUR_MS // 2):
        is_peak = any(window.start_ms <= at_ms < window.end_ms for window in windows)
        assert is_peak == (load(at_ms) > 10)


def test_without_measurements_there_is_no_peak() -> None:
    assert measured_peaks.peaks({}, 0.8, 0, WEEK_MS) == ()
    assert measured_peaks.peaks({0: 0.0}, 0.8, 0, WEEK_MS) == ()
