"""The budget's rules over simulated traffic: never too much, higher class first, nothing wasted."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clickup_mlops.clickup.budget import (
    CLAIM_MS,
    CONFIRMATIONS,
    MARGIN_MS,
    Ask,
    Budget,
    PriorityClass,
    Reading,
    compute_allowance,
    compute_opening_ms,
    is_sufficient,
    learn,
    spend,
)
from tests.clickup.simulation import Callers, simulate

NOW = 1_800_000_000_000

priority_classes = st.sampled_from(PriorityClass)
crowd = st.lists(
    st.builds(
        Callers,
        priority_class=priority_classes,
        calls=st.integers(1, 400),
        threads=st.integers(1, 8),
        start_ms=st.integers(0, 20_000),
        pause_ms=st.integers(1, 500),
    ),
    min_size=1,
    max_size=6,
)


def confirmed_budget(limit: int = 100, used: int = 0, left_ms: int = 60_000) -> Budget:
    """A budget whose window an answer has confirmed."""
    return Budget(limit, used, NOW + left_ms, 60_000, 1, confirmed=True)


@settings(max_examples=60, deadline=None)
@given(
    crowd,
    st.sampled_from([1, 3, 20, 100, 1000]),
    st.sampled_from([3, 10, 60]),
    st.sampled_from([2, 80, 900]),
    st.integers(0, 10**6),
)
def test_no_window_is_ever_overspent(
    callers: list[Callers], limit: int, window_s: int, latency_ms: int, seed: int
) -> None:
    """Whatever the traffic, limit, window and latency: ClickUp never answers 429."""
    run = simulate(
        callers, limit=limit, window_s=window_s, until_ms=130_000, latency_ms=latency_ms, seed=seed
    )
    assert run.server.refused == 0
    assert run.calls


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 32), st.sampled_from([50, 100, 1000]))
def test_an_interactive_call_waits_at_most_two_seconds_during_a_bulk_run(
    seed: int, threads: int, limit: int
) -> None:
    """A bulk run that wants everything leaves room for a call now and then, at any time."""
    bulk = Callers(PriorityClass.BULK, 10_000, threads)
    person = Callers(PriorityClass.INTERACTIVE, 40, 1, start_ms=700, pause_ms=9_700)
    run = simulate(
        [bulk, person], limit=limit, window_s=60, until_ms=300_000, latency_ms=100, seed=seed
    )
    waits = [call.waited_ms for call in run.of(PriorityClass.INTERACTIVE)]
    assert len(waits) >= 25
    assert max(waits) <= 2_000
    assert run.server.refused == 0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), priority_classes)
def test_spare_budget_is_used_by_whoever_wants_it(seed: int, priority_class: PriorityClass) -> None:
    """Alone, even the lowest class gets nearly all of every window."""
    run = simulate(
        [Callers(priority_class, 10_000, 16)],
        limit=100,
        window_s=60,
        until_ms=300_000,
        latency_ms=80,
        seed=seed,
    )
    assert run.server.refused == 0
    assert all(used >= 95 for used in run.server.windows[1:])


def test_three_hundred_calls_take_two_windows_and_a_moment() -> None:
    """100 a minute: 300 calls are done when the third window has begun."""
    run = simulate(
        [Callers(PriorityClass.INTERACTIVE, 300, 3)],
        limit=100, window_s=60, until_ms=200_000, latency_ms=30, seed=1,
    )  # fmt: skip
    assert len(run.calls) == 300
    assert run.calls[-1].at_ms <= 125_000


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_a_higher_lane_that_waits_goes_first(seed: int) -> None:
    """With both waiting for a new window, routing gets what it wants before bulk gets anything."""
    run = simulate(
        [
            Callers(PriorityClass.BULK, 1_000, 8),
            Callers(PriorityClass.ROUTING, 160, 8, start_ms=1_000),
        ],
        limit=100, window_s=60, until_ms=240_000, latency_ms=50, seed=seed,
    )  # fmt: skip
    routing = run.of(PriorityClass.ROUTING)
    assert len(routing) == 160
    served = {call.at_ms for call in run.of(PriorityClass.BULK)}
    waited = [call for call in routing if call.waited_ms > CLAIM_MS]
    assert waited, "the window was too small for both"
    for call in waited:
        since = call.at_ms - call.waited_ms
        overtaken = [at for at in served if since + 60_000 < at < call.at_ms]
        assert not overtaken


@given(st.integers(1, 10_000), priority_classes, priority_classes, st.integers(-1_000, 70_000))
def test_a_higher_lane_may_always_go_further(
    limit: int, first: PriorityClass, second: PriorityClass, left_ms: int
) -> None:
    """The allowances are ordered like the classes, and all of the window is lent at its end."""
    high, low = sorted((first, second))
    budget = confirmed_budget(limit, left_ms=left_ms)
    assert 0 <= compute_allowance(budget, low, NOW) <= compute_allowance(budget, high, NOW) <= limit
    assert compute_allowance(budget, low, budget.reset_ms - 1) == limit


@example(1000, 992, PriorityClass.ROUTING, 4201)
@given(st.integers(1, 10_000), st.integers(0, 10_000), priority_classes, st.integers(1, 61_000))
def test_a_refused_class_gets_a_time_at_which_it_opens(
    limit: int, used: int, priority_class: PriorityClass, left_ms: int
) -> None:
    """Asking again at `retry_ms` succeeds if nobody else called meanwhile."""
    budget, grant = spend(
        confirmed_budget(limit, min(used, limit), left_ms), Ask(priority_class), NOW
    )
    if not grant.permits:
        assert grant.retry_ms > NOW
        assert spend(budget, Ask(priority_class), grant.retry_ms)[1].permits


def test_an_unknown_token_is_tried_by_one_call_alone() -> None:
    """The first answer brings the limit; until then the others wait."""
    budget, first = spend(Budget(), Ask(PriorityClass.BULK), NOW)
    budget, second = spend(budget, Ask(PriorityClass.INTERACTIVE), NOW + 1)
    assert (first.permits, second.permits) == (1, 0)
    budget = learn(budget, Reading(100, 99, NOW + 60_000), NOW + 50)
    assert spend(budget, Ask(PriorityClass.BULK), NOW + 51)[1].permits == 1


def test_calls_that_others_made_with_the_token_count() -> None:
    """Another program used 95 of 100: five are left for us."""
    budget = learn(confirmed_budget(), Reading(100, 5, NOW + 60_000), NOW)
    assert budget.used == 95
    assert spend(budget, Ask(PriorityClass.BULK), NOW)[1].permits == 0
    assert spend(budget, Ask(PriorityClass.INTERACTIVE), NOW)[1].permits == 1


@pytest.mark.parametrize("stray", [100, 20_000])
def test_a_single_answer_with_another_limit_changes_nothing(stray: int) -> None:
    """One in ten answers names the limit of something else, as ClickUp's did in 2026."""
    budget = confirmed_budget(limit=5_000, used=300)
    for number in range(50):
        is_stray = number % 10 == 3
        limit, remaining = (stray, stray - 1) if is_stray else (5_000, 4_600)
        budget = learn(budget, Reading(limit, remaining, NOW + 60_000), NOW)
        assert (budget.limit, budget.used) == (5_000, 400)


@pytest.mark.parametrize("limit", [100, 10_000])
def test_another_plan_counts_once_enough_answers_have_named_it(limit: int) -> None:
    """Then its window is the one that they name."""
    budget = confirmed_budget(limit=1_000, used=900)
    for _ in range(CONFIRMATIONS):
        assert budget.limit == 1_000
        budget = learn(budget, Reading(limit, limit - 20, NOW + 60_000), NOW)
    assert (budget.limit, budget.used) == (limit, 20)


def test_a_late_answer_from_the_window_before_changes_nothing() -> None:
    """Answers may overtake each other around a reset."""
    budget = confirmed_budget(left_ms=60_000)
    assert learn(budget, Reading(100, 0, NOW + 500), NOW) == budget


def test_a_429_stops_every_lane_until_its_time() -> None:
    """The token pauses, not the thread that was refused."""
    budget = learn(confirmed_budget(), Reading(100, 0, NOW + 60_000, pause_ms=NOW + 30_000), NOW)
    for priority_class in PriorityClass:
        assert spend(budget, Ask(priority_class), NOW + 29_999)[1].permits == 0
    late = replace(budget, used=0)
    assert spend(late, Ask(PriorityClass.BULK), NOW + 32_000)[1].permits


@pytest.mark.parametrize("off_ms", [-3_600_000, 3_600_000])
def test_times_of_a_clock_that_is_hours_off_stop_nobody(off_ms: int) -> None:
    """No window, pause or claim can be that far away: the next call brings the right time home."""
    full = confirmed_budget(used=100)
    paused = replace(full, paused_ms=full.reset_ms, claims=(full.reset_ms,) * len(PriorityClass))
    assert spend(paused, Ask(PriorityClass.BULK), NOW + off_ms)[1].permits
    assert not spend(paused, Ask(PriorityClass.BULK), NOW)[1].permits


def test_calls_on_their_way_across_a_reset_are_counted_in_the_new_window() -> None:
    """ClickUp counts a call when it arrives, not when it left."""
    budget, grant = spend(
        confirmed_budget(used=100, left_ms=10),
        Ask(PriorityClass.BULK, window=1, in_flight=7),
        NOW + 10,
    )
    assert grant.permits
    assert budget.used == 7 + grant.permits


def test_a_large_budget_is_handed_out_in_small_stocks() -> None:
    """10,000 a minute: 50 at a time, fewer when little is left, and never more than that."""
    assert spend(confirmed_budget(10_000), Ask(PriorityClass.BULK), NOW)[1].permits == 50
    assert spend(confirmed_budget(10_000, used=6_990), Ask(PriorityClass.BULK), NOW)[1].permits == 1
    assert spend(confirmed_budget(100), Ask(PriorityClass.BULK), NOW)[1].permits == 1


@pytest.mark.parametrize("remaining", [-5, 101])
def test_nonsense_in_the_headers_does_no_harm(remaining: int) -> None:
    """Counts outside the limit neither free nor break anything."""
    budget = learn(
        confirmed_budget(used=10), Reading(100, remaining, NOW + 60_000 + MARGIN_MS), NOW
    )
    assert budget.used >= 10


@given(st.integers(10, 10_000), st.integers(0, 60_000))
def test_calls_that_are_used_evenly_last(limit: int, gone_ms: int) -> None:
    """At any moment of the window, and whatever the limit."""
    remaining = limit - limit * gone_ms // 60_000
    assert is_sufficient(Reading(limit, remaining, NOW + 60_000), NOW + gone_ms)


@given(st.integers(10, 10_000), st.integers(8_000, 30_000))
def test_calls_that_are_used_twice_as_fast_do_not_last(limit: int, gone_ms: int) -> None:
    """Which is known after an eighth of the window."""
    remaining = limit - 2 * limit * gone_ms // 60_000
    assert not is_sufficient(Reading(limit, remaining - 1, NOW + 60_000), NOW + gone_ms)


@given(
    st.integers(1, 300), st.integers(0, 320), st.integers(0, 70_000), st.sampled_from(PriorityClass)
)
def test_who_looks_first_is_told_what_a_request_would_be_told(
    limit: int, used: int, left_ms: int, priority_class: PriorityClass
) -> None:
    """Whether there is a permit now; and at the time that it names there is one."""
    budget, ask = confirmed_budget(limit, used, left_ms), Ask(priority_class)
    opening_ms = compute_opening_ms(budget, ask, NOW)
    is_open = opening_ms <= NOW
    assert bool(spend(budget, ask, NOW)[1].permits) == is_open
    assert spend(budget, ask, max(NOW, opening_ms))[1].permits
