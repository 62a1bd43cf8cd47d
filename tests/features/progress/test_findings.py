"""What is found in a run, and how often: once, until it is over."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.progress.estimate import eta, trend
from clickup_mlops.features.progress.findings import Limits, find, follow
from clickup_mlops.features.progress.model import Point, Progress, RunReport

MINUTE = 60_000
LIMITS = Limits(30 * MINUTE, 30 * MINUTE, 5.0)
RUN = RunReport("1", "ranker", "running", step=0, steps=1_000, loss=2.0, gpus=8)


def watch(*reports: RunReport, idle: bool = False, every: int = 10, since: int | None = 0):
    """The kinds that each look finds, ten minutes apart."""
    progress, kinds = None, []
    for number, report in enumerate(reports):
        before = progress
        progress = follow(before, "s", report, "t", (number + 1) * every * MINUTE, idle=idle)
        news, progress = find(before, progress, LIMITS, since)
        progress = Progress.parse(progress.to_dict())
        kinds.append([finding.kind for finding in news])
    return kinds


def test_a_run_without_a_step_for_half_an_hour_is_stalled_once() -> None:
    """And again only after it went on."""
    still = [replace(RUN, step=5)] * 6
    assert watch(*still) == [[], [], [], ["run_stalled"], [], []]
    again = watch(*still, replace(RUN, step=9), *[replace(RUN, step=9)] * 4)
    assert again[6:] == [[], [], [], ["run_stalled"], []]


def test_a_run_that_moves_or_has_no_steps_is_not_stalled() -> None:
    """Nobody knows whether a run without steps stands still."""
    assert watch(*(replace(RUN, step=n) for n in range(6))) == [[]] * 6
    assert watch(*[replace(RUN, step=None)] * 6) == [[]] * 6


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), 10.0])
def test_a_loss_that_is_no_number_or_jumps_is_found_once(loss: float) -> None:
    """Five times the lowest one."""
    reports = [replace(RUN, step=n, loss=2.0 if n < 2 else loss) for n in range(5)]
    assert watch(*reports) == [[], [], ["run_diverging"], [], []]


def test_each_preemption_is_found_with_what_caused_it() -> None:
    """A scheduler may say so, or only count restarts."""
    requeued = replace(RUN, state="queued", restarts=1, by="job 2 (urgent)")
    kinds = watch(RUN, requeued, requeued, replace(RUN, restarts=1), replace(requeued, restarts=2))
    assert kinds == [[], ["run_preempted"], [], [], ["run_preempted"]]
    message = replace(RUN, state="preempted")
    assert watch(RUN, message, message) == [[], ["run_preempted"], []]


def test_a_restart_that_nobody_caused_is_no_preemption() -> None:
    """A node that failed, for example."""
    assert watch(RUN, replace(RUN, state="queued", restarts=1)) == [[], []]


def test_gpus_without_a_process_are_found_after_half_an_hour() -> None:
    """Though the run moves on."""
    reports = [replace(RUN, step=n) for n in range(5)]
    assert watch(*reports, idle=True) == [[], [], [], ["run_idle_gpus"], []]


@pytest.mark.parametrize("state", ["finished", "failed", "killed"])
def test_the_end_of_a_run_is_found_once(state: str) -> None:
    """Not that of a run which was over when the bot looked first."""
    ended = replace(RUN, state=state, ended_ms=5 * MINUTE)
    assert watch(RUN, ended, ended) == [[], ["run_finished"], []]
    assert watch(ended, ended, since=None) == [[], []]
    assert watch(ended, ended, since=6 * MINUTE) == [[], []]
    assert watch(ended, ended, since=MINUTE) == [["run_finished"], []]


def at_speeds(*steps_per_look: float) -> Progress:
    """A run that made so many steps in each ten minutes."""
    points, step = [Point(0, 0.0, None)], 0.0
    for number, steps in enumerate(steps_per_look, 1):
        step += steps
        points.append(Point(number * 10 * MINUTE, step, None))
    report = replace(RUN, step=step, steps=1_000)
    return Progress("s", report, "t", tuple(points), 0)


def test_a_steady_run_ends_when_its_speed_says() -> None:
    """500 steps at 10 a minute are 50 minutes."""
    expected = eta(at_speeds(100, 100, 100, 100, 100), 0)
    assert expected
    assert (expected.at_ms, expected.low_ms, expected.high_ms) == (50 * MINUTE,) * 3


@given(st.lists(st.integers(0, 200), min_size=3, max_size=30).filter(any))
def test_the_interval_has_the_estimate_inside(speeds: list[int]) -> None:
    """Whatever the speeds."""
    expected = eta(at_speeds(*speeds), 0)
    assert expected and expected.low_ms <= expected.at_ms <= expected.high_ms


def test_a_run_whose_steps_are_seldom_seen_ends_when_its_pace_says() -> None:
    """One look in ten sees a step: 900 steps at 100 in a hundred minutes."""
    expected = eta(at_speeds(*9 * [0], 100), 0)
    assert expected and expected.at_ms == pytest.approx(900 * MINUTE)


@pytest.mark.parametrize("steps", [float("inf"), float("nan"), 2.0**63])
def test_a_number_of_steps_without_an_end_gives_no_estimate(steps: float) -> None:
    """Trainers say the largest number there is if only the time ends them."""
    progress = at_speeds(100, 100, 100)
    assert eta(replace(progress, report=replace(progress.report, steps=steps)), 0) is None


def test_too_few_points_give_no_estimate() -> None:
    """Two intervals are no speed."""
    assert eta(at_speeds(100, 100), 0) is None
    assert eta(replace(at_speeds(0, 0, 0, 0), moved_ms=0), 0) is None


def test_the_trend_compares_the_newest_losses_with_those_before() -> None:
    """In words that people read."""
    losses = lambda *values: [Point(n, n, value) for n, value in enumerate(values)]  # noqa: E731
    assert trend(losses(3, 3, 2, 2, 1, 1)) == "falling 50%"
    assert trend(losses(1, 1, 2, 2, 3, 3)) == "rising 50%"
    assert trend(losses(1, 1, 1, 1, 1, 1)) == "flat"
    assert trend(losses(1, 1, float("nan"))) == "not a number"
    assert trend(losses(1)) == ""


@pytest.mark.parametrize(
    "report",
    [
        replace(RUN, loss=float("nan")),
        replace(RUN, state="preempted"),
        replace(RUN, state="finished"),
    ],
    ids=["diverging", "preempted", "ended"],
)
def test_a_look_that_is_repeated_after_a_crash_finds_the_same(report: RunReport) -> None:
    """Run, kind and time are the key of what is reported: it is reported once."""
    before = follow(None, "s", RUN, "t", MINUTE, idle=False)
    looks = [
        find(before, follow(before, "s", report, "t", at_ms, idle=False), LIMITS, 0)[0]
        for at_ms in (2 * MINUTE, 3 * MINUTE)
    ]
    keys = [[(finding.kind, finding.since_ms) for finding in news] for news in looks]
    assert keys[0] and keys[0] == keys[1]
