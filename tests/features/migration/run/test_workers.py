"""Independent jobs at the same time, those of one item in their order."""

import threading
from collections import defaultdict

import pytest

from clickup_mlops.features.migration.run.workers import Workers


@pytest.mark.parametrize("threads", [1, 3])
def test_jobs_of_an_item_run_in_their_order(threads: int) -> None:
    """And all of them have run after `drain`."""
    observations: dict[str, list[int]] = defaultdict(list)
    with Workers(threads) as workers:
        for number in range(300):
            item = str(number % 7)
            workers.submit(item, lambda item=item, number=number: observations[item].append(number))
        workers.drain()
    assert sum(map(len, observations.values())) == 300
    assert all(result == sorted(result) for result in observations.values())


def test_the_first_error_ends_it() -> None:
    """It is raised in the caller's thread; what waits is not run."""
    ran: list[int] = []
    gate = threading.Event()

    def fail() -> None:
        gate.wait(5)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), Workers(2) as workers:
        workers.submit("a", fail)
        for _ in range(3):
            workers.submit("a", lambda: ran.append(1))
        gate.set()
        workers.drain()
    assert ran == []


def test_submitting_after_an_error_raises_it() -> None:
    """A long pass ends at once, not at its end."""

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), Workers(2) as workers:
        for _ in range(1_000):
            workers.submit("a", fail)


def test_what_waits_is_left_when_the_block_ends() -> None:
    """Only what is on its way is waited for."""
    ran: list[int] = []
    started, gate = threading.Event(), threading.Event()

    def slow() -> None:
        started.set()
        gate.wait(5)
        ran.append(0)

    with pytest.raises(KeyboardInterrupt), Workers(2) as workers:
        workers.submit("a", slow)
        workers.submit("a", lambda: ran.append(1))
        started.wait(5)
        threading.Timer(0.1, gate.set).start()
        raise KeyboardInterrupt
    assert ran == [0]
