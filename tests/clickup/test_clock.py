"""ClickUp's clock, as its answers show it: right to the second, and not easily misled."""

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.clock import ServerClock
from clickup_mlops.clickup.governor import Governor, MemoryLedger, read_clock_ms
from clickup_mlops.sandbox import Sandbox

NOW = 1_800_000_000_000


class Machine:
    """A machine whose clock is `behind_ms` behind ClickUp's."""

    def __init__(self, behind_ms: int) -> None:
        self.behind_ms, self.true_ms = behind_ms, NOW
        self.clock = ServerClock(self.own_ms)

    def own_ms(self) -> int:
        return self.true_ms - self.behind_ms

    def call(self, out_ms: int, back_ms: int) -> None:
        asked_ms = self.own_ms()
        self.true_ms += out_ms
        date = formatdate(self.true_ms // 1000, usegmt=True)
        self.true_ms += back_ms
        self.clock.learn(date, asked_ms, self.own_ms())

    def error_ms(self) -> int:
        return self.clock() - self.true_ms


@given(
    st.integers(-86_400_000, 86_400_000),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=30),
)
def test_the_error_is_never_more_than_a_call_and_a_second(
    behind_ms: int, calls: list[tuple[int, int]]
) -> None:
    """However wrong the machine's clock is, and however the calls are delayed."""
    machine = Machine(behind_ms)
    for out_ms, back_ms in calls:
        machine.call(out_ms, back_ms)
    quickest = min(out + back for out, back in calls)
    assert abs(machine.error_ms()) <= 1_000 + quickest


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 5_000)), max_size=30))
def test_a_clock_that_is_right_is_left_alone(calls: list[tuple[int, int]]) -> None:
    """Slow answers and whole seconds are no reason to move it."""
    machine = Machine(0)
    for out_ms, back_ms in calls:
        machine.call(out_ms, back_ms)
        assert machine.error_ms() == 0


def test_odd_answers_that_contradict_each_other_are_not_believed() -> None:
    """However many there are: only two in a row that agree are."""
    machine = Machine(0)
    machine.call(10, 10)
    for day in range(4):
        odd = formatdate(1_000_000_000 + 86_400 * day, usegmt=True)
        machine.clock.learn(odd, machine.own_ms(), machine.own_ms())
        assert machine.error_ms() == 0


def test_one_odd_answer_is_not_believed() -> None:
    """A proxy's page may carry any date; two answers that agree are believed."""
    machine = Machine(0)
    machine.call(10, 10)
    machine.clock.learn(formatdate(1_000_000_000, usegmt=True), machine.own_ms(), machine.own_ms())
    machine.call(10, 10)
    assert machine.error_ms() == 0
    machine.behind_ms = 600_000
    machine.call(10, 10)
    machine.call(10, 10)
    assert abs(machine.error_ms()) <= 1_020


@pytest.mark.parametrize("date", [None, "", "yesterday", "Thu, 99 Foo 2026 25:61:61 GMT"])
def test_an_answer_without_a_date_changes_nothing(date: str | None) -> None:
    """Nor does one whose date cannot be read."""
    clock = ServerClock(lambda: NOW)
    clock.learn(date, NOW, NOW)
    assert clock() == NOW


def test_the_client_learns_from_its_answers(clickup: ClickUp, clickup_sandbox: Sandbox) -> None:
    """One call is enough to be right about a clock that is an hour off."""
    clickup_sandbox.control.clock.advance(3_600_000)
    clickup.authorization.user()
    assert abs(clickup.clock() - clickup_sandbox.control.clock.now_ms()) < 2_500


@pytest.mark.clickup_sandbox(rate_limit=3, rate_window_s=1)
def test_the_rate_windows_are_kept_by_a_sandbox_in_another_time(
    clickup: ClickUp, clickup_sandbox: Sandbox
) -> None:
    """Reset and Date are told by the same clock, so nobody waits an hour, and no 429 comes."""
    clickup_sandbox.control.clock.advance(3_600_000)
    for _ in range(5):
        clickup.authorization.user()
    assert clickup.calls == 5


@pytest.mark.clickup_sandbox(rate_limit=8, rate_window_s=1)
def test_machines_whose_clocks_differ_share_one_budget(clickup_sandbox: Sandbox) -> None:
    """Ten minutes ahead, right, ten minutes behind: 12 calls at 8 a second, and none is refused."""
    token, url, ledger = clickup_sandbox.token, clickup_sandbox.url, MemoryLedger()
    clients = []
    for off_ms in (600_000, 0, -600_000):
        clock = ServerClock(lambda off_ms=off_ms: read_clock_ms() + off_ms)
        governor = Governor(ledger, token, clock_ms=clock)
        clients.append(ClickUp(token, base_url=url, governor=governor, clock=clock))
    started = time.monotonic()
    for number in range(12):
        clients[number % 3].authorization.user()
    assert [client.calls for client in clients] == [4, 4, 4]
    assert time.monotonic() - started < 8
