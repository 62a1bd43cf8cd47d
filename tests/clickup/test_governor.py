"""The governor: what it reads from headers, and how threads wait in line."""

import threading
import time
from collections.abc import Mapping
from email.utils import formatdate

import pytest

from clickup_mlops.clickup.budget import CONFIRMATIONS, MARGIN_MS
from clickup_mlops.clickup.governor import Governor, MemoryLedger, PriorityClass, read_clock_ms
from clickup_mlops.errors import RetryableApiError, StoreUnavailable

NOW = 1_800_000_000_000


class Clock:
    """A clock that a test turns by hand."""

    def __init__(self) -> None:
        self.now_ms = NOW

    def __call__(self) -> int:
        return self.now_ms


def headers(remaining: int, reset_s: float = NOW / 1000 + 60, limit: int = 100) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(int(reset_s)),
    }


def governed(clock: Clock, answer: Mapping[str, str], status: int = 200) -> Governor:
    """A governor that made one call."""
    governor = Governor(MemoryLedger(), "pk_1", clock_ms=clock)
    governor.acquire(PriorityClass.ROUTING)
    governor.learn(answer, status)
    return governor


def test_the_first_answer_brings_limit_use_and_reset() -> None:
    """Reset is in whole Unix seconds; the window is taken to end one second later."""
    budget = governed(Clock(), headers(60)).budget()
    assert (budget.limit, budget.used) == (100, 40)
    assert budget.reset_ms == NOW + 60_000 + MARGIN_MS


@pytest.mark.parametrize("reset", ["60", str(NOW // 1000 + 60), str(NOW + 60_000)])
def test_a_reset_may_be_seconds_milliseconds_or_relative(reset: str) -> None:
    """Documented are Unix seconds; the others cannot be mistaken for them."""
    budget = governed(Clock(), {**headers(60), "X-RateLimit-Reset": reset}).budget()
    assert budget.reset_ms == NOW + 60_000 + MARGIN_MS


def test_a_wrong_clock_is_noticed_by_the_date_header() -> None:
    """The window ends when the server says so, even if our clock is ten minutes ahead."""
    clock = Clock()
    server_s = NOW / 1000 - 600
    answer = {**headers(60, server_s + 30), "Date": formatdate(server_s, usegmt=True)}
    assert governed(clock, answer).budget().reset_ms == NOW + 30_000 + MARGIN_MS


@pytest.mark.parametrize(
    "broken", [{}, {"X-RateLimit-Limit": "many"}, {"X-RateLimit-Limit": "100"}]
)
def test_without_headers_the_lowest_plan_is_assumed(broken: dict[str, str]) -> None:
    """100 a minute, counted by ourselves."""
    budget = governed(Clock(), broken).budget()
    assert (budget.limit, budget.used) == (100, 1)
    assert budget.reset_ms >= NOW + 60_000


@pytest.mark.parametrize(
    ("answer", "pause_ms"),
    [
        (headers(0, NOW / 1000 + 20), 20_000 + MARGIN_MS),
        ({**headers(0, NOW / 1000 + 20), "Retry-After": "5"}, 5_000),
        ({"Retry-After": "0"}, 1_000),
        ({"Retry-After": "9999"}, 120_000),
        ({}, 10_000),
    ],
)
def test_a_429_pauses_the_token(answer: dict[str, str], pause_ms: int) -> None:
    """Until Retry-After, else Reset, else for a while; at least a second, at most two minutes."""
    assert governed(Clock(), answer, 429).budget().paused_ms == NOW + pause_ms


@pytest.mark.parametrize("status", [200, 429, 502])
@pytest.mark.parametrize("number", ["1e300", "-1e300", "9" * 40, "inf", "nan", "-7", "0", "²"])
@pytest.mark.parametrize(
    "name", ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"]
)
def test_no_number_in_a_header_costs_the_answer_or_stops_the_next_calls(
    name: str, number: str, status: int
) -> None:
    """What is kept is kept whatever it says; after two minutes at most calls go on."""
    clock = Clock()
    governor = governed(clock, {**headers(40, NOW / 1000 + 30), name: number}, status)
    clock.now_ms += 122_000
    governor.acquire(PriorityClass.ROUTING, timeout_s=0.1)
    governor.learn(headers(99, clock.now_ms / 1000 + 60), 200)
    assert governor.budget().limit == 100


@pytest.mark.parametrize("status", [200, 502])
def test_an_answer_without_headers_does_not_lower_a_known_limit(status: int) -> None:
    """A gateway's 502 has none; a larger plan's budget must not shrink to the lowest for that."""
    governor = governed(Clock(), headers(600, limit=1_000))
    before = governor.budget()
    for _ in range(20):
        governor.acquire(PriorityClass.ROUTING)
        governor.learn({}, status)
    after = governor.budget()
    assert (after.limit, after.reset_ms) == (1_000, before.reset_ms)
    assert before.used + 20 <= after.used <= before.used + 20 + 1_000 // 200


def test_single_answers_with_another_limit_cost_no_speed() -> None:
    """One in ten names the limit of something else: it does not stop a window that has room."""
    clock = Clock()
    governor = governed(clock, headers(4_999, NOW / 1000 + 60, limit=5_000))
    for number in range(200):
        governor.acquire(PriorityClass.ROUTING, timeout_s=0.5)
        stray = {"remaining": 60, "limit": 100}
        answer = stray if number % 10 == 3 else {"remaining": 4_998 - number, "limit": 5_000}
        reset_s = NOW / 1000 + 60
        governor.learn(headers(answer["remaining"], reset_s, limit=answer["limit"]), 200)
    assert governor.budget().limit == 5_000


def test_a_single_answer_with_another_limit_makes_no_call_scarce() -> None:
    """Else reads would be deferred, and metrics written slowly; ten in a row are another plan."""
    clock = Clock()
    governor = governed(clock, headers(4_999, NOW / 1000 + 60, limit=5_000))
    for answer in (headers(60, NOW / 1000 + 60, limit=100), {}):
        governor.acquire(PriorityClass.ROUTING)
        governor.learn(answer, 200)
        assert governor.limit == 5_000
        assert not governor.is_scarce()

    for _ in range(CONFIRMATIONS):
        governor.acquire(PriorityClass.ROUTING)
        governor.learn(headers(60, NOW / 1000 + 60, limit=100), 200)
    assert governor.limit == 100
    assert governor.is_scarce()


def test_no_answer_lets_the_next_one_try() -> None:
    """A broken line during the very first call does not block the others."""
    governor = governed(Clock(), {}, status=0)
    started = time.monotonic()
    governor.acquire(PriorityClass.BULK, timeout_s=5)
    assert time.monotonic() - started < 1


def test_processes_share_one_budget_through_the_ledger() -> None:
    """Two governors of one token; a third of another token is not affected."""
    clock, ledger = Clock(), MemoryLedger()
    first, second = (Governor(ledger, "pk_1", clock_ms=clock) for _ in range(2))
    first.acquire(PriorityClass.ROUTING)
    first.learn(headers(1), 200)
    second.acquire(PriorityClass.INTERACTIVE)
    with pytest.raises(RetryableApiError, match="no call left"):
        first.acquire(PriorityClass.INTERACTIVE, timeout_s=0.01)
    other_token = Governor(ledger, "pk_2", clock_ms=clock)
    other_token.acquire(PriorityClass.INTERACTIVE, timeout_s=0.01)


def test_the_ledger_never_sees_the_token() -> None:
    """Only a hash of it is kept."""
    ledger = MemoryLedger()
    governor = Governor(ledger, "pk_very_secret")
    governor.acquire(PriorityClass.BULK)
    assert "secret" not in f"{vars(ledger)} {vars(governor)}"


def test_waiting_threads_are_served_by_lane_then_in_order() -> None:
    """When the window opens, the highest class goes first, whoever came first."""
    ledger = MemoryLedger()
    governor = Governor(ledger, "pk_1")
    governor.acquire(PriorityClass.BULK)
    governor.learn(headers(0, read_clock_ms() / 1000 + 1.2), 200)
    served: list[PriorityClass] = []

    def wait(priority_class: PriorityClass) -> None:
        governor.acquire(priority_class)
        served.append(priority_class)

    threads = []
    for priority_class in (
        PriorityClass.BULK,
        PriorityClass.REPORTS,
        PriorityClass.INTERACTIVE,
        PriorityClass.ROUTING,
    ):
        threads.append(threading.Thread(target=wait, args=(priority_class,)))
        threads[-1].start()
        time.sleep(0.02)
    for thread in threads:
        thread.join(10)
    assert served == sorted(served)
    assert len(served) == 4


def test_closing_turns_everybody_away_at_once() -> None:
    """A program that stops does not wait for the window."""
    governor = governed(Clock(), headers(0))
    caught: list[Exception] = []

    def wait() -> None:
        try:
            governor.acquire(PriorityClass.BULK)
        except RetryableApiError as problem:
            caught.append(problem)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.05)
    governor.close()
    thread.join(2)
    assert len(caught) == 1


def test_most_calls_of_a_large_budget_ask_no_ledger() -> None:
    """10,000 a minute: about one question for fifty calls."""

    class Counting(MemoryLedger):
        requests = 0

        def update(self, key, change):  # type: ignore[no-untyped-def]
            self.requests += 1
            return super().update(key, change)

    clock, ledger = Clock(), Counting()
    governor = Governor(ledger, "pk_1", clock_ms=clock)
    for n in range(1_000):
        governor.acquire(PriorityClass.BULK)
        governor.learn(headers(9_999 - n, limit=10_000), 200)
    assert ledger.requests <= 30
    assert 1_000 <= governor.budget().used <= 1_050


class Down(MemoryLedger):
    """A ledger that cannot be used for the next `failures` tries, of six seconds each."""

    def __init__(self, clock: Clock, failures: int) -> None:
        super().__init__()
        self.clock, self.failures = clock, failures

    def update(self, key: str, change):  # type: ignore[no-untyped-def]
        if self.failures:
            self.failures -= 1
            self.clock.now_ms += 6_000
            raise StoreUnavailable("the store is down")
        return super().update(key, change)


def test_a_store_that_is_down_for_a_moment_is_waited_for() -> None:
    """The call goes ahead when the store is back."""
    clock = Clock()
    ledger = Down(clock, failures=2)
    Governor(ledger, "pk_1", clock_ms=clock).acquire(PriorityClass.ROUTING)
    assert not ledger.failures


def test_a_store_that_stays_down_is_told() -> None:
    """After ten seconds; nothing was sent, so the caller may try again later."""
    clock = Clock()
    ledger = Down(clock, failures=100)
    with pytest.raises(StoreUnavailable):
        Governor(ledger, "pk_1", clock_ms=clock).acquire(PriorityClass.ROUTING)
    assert ledger.failures == 97


def test_a_store_that_is_down_does_not_hide_an_answer() -> None:
    """What a call brought home is worth more than what the governor learns from it."""
    clock = Clock()
    ledger = Down(clock, failures=0)
    governor = Governor(ledger, "pk_1", clock_ms=clock)
    governor.acquire(PriorityClass.ROUTING)
    ledger.failures = 1
    governor.learn(headers(60), 200)
    assert not ledger.failures


def test_calls_are_scarce_while_they_are_used_faster_than_the_limit_allows() -> None:
    """And in the two windows after that: work that comes too fast seldom ends with a window."""
    clock = Clock()
    governor = governed(clock, headers(99))
    assert not governor.is_scarce()

    governor.learn(headers(70), 200)  # in the first moment of the window
    assert governor.is_scarce()
    clock.now_ms += 119_000
    assert governor.is_scarce()
    clock.now_ms += 2_000
    assert not governor.is_scarce()


def test_a_429_says_that_calls_are_scarce() -> None:
    """Even one without other headers."""
    assert governed(Clock(), {}, 429).is_scarce()
