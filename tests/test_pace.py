"""Work in slices leaves the processor to others."""

import threading
import time
from collections.abc import Callable

import pytest

from clickup_mlops import pace


def busy(cpu_s: float) -> None:
    until_s = time.thread_time() + cpu_s
    while time.thread_time() < until_s:
        pace.pause()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds of each pause; nobody really waits."""
    slept: list[float] = []
    monkeypatch.setattr(pace.time, "sleep", slept.append)
    return slept


def test_long_work_pauses_for_its_share(pauses: list[float]) -> None:
    """However long it takes: it uses a quarter of the time, never much more in one go."""
    with pace.in_slices():
        busy(0.02)
    total_s = sum(pauses)
    assert total_s / (total_s + 0.02) >= 0.9 * (1 - pace.SHARE)
    assert len(pauses) >= 5


def test_nothing_pauses_where_somebody_waits(pauses: list[float]) -> None:
    """Commands, and a thread whose slices are over."""
    with pace.in_slices():
        pass
    busy(0.005)
    assert not pauses


def test_slices_within_slices_end_with_the_outer_ones(pauses: list[float]) -> None:
    """What is called may be in slices itself."""
    with pace.in_slices():
        with pace.in_slices():
            busy(0.003)
        pauses.clear()
        busy(0.003)
        assert pauses


def test_a_paced_loop_sees_everything(pauses: list[float]) -> None:
    """In order."""
    work: Callable[[int], int] = lambda number: sum(range(number))  # noqa: E731
    with pace.in_slices():
        assert [work(number) and number for number in pace.paced(range(2, 2_000))] == [
            *range(2, 2_000)
        ]
    assert pauses


def test_threads_in_slices_share_what_one_may_use(pauses: list[float]) -> None:
    """Two pause for twice as long, though one of them only waits."""
    ends = threading.Event()

    def wait() -> None:
        with pace.in_slices():
            ends.wait(10)

    neighbour = threading.Thread(target=wait)
    neighbour.start()
    try:
        with pace.in_slices():
            busy(0.01)
    finally:
        ends.set()
        neighbour.join()
    assert sum(pauses) >= 0.9 * 0.01 * (2 / pace.SHARE - 1)
