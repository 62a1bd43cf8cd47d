"""Several processes write to one PostgreSQL: a deadlock between them costs nobody their write."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text

from clickup_mlops.errors import StoreUnavailable
from clickup_mlops.store import DONE, Incoming, Store, Write
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.group_commit import run_each
from clickup_mlops.store.inbox_rows import Earlier
from tests.store.store_events import event

Operation = Callable[[Connection], int]
LOCK = text("select pg_advisory_xact_lock(:number)")


def write(database: Database, operation: Operation) -> int:
    return database.write(operation)


def submit(database: Database, operation: Operation) -> int:
    return database.submit(run_each, operation)


class Crossing:
    """Two writes that take the same two locks, each in its own order, and meet in between at their
    first `meetings` attempts.
    """

    def __init__(self, meetings: int) -> None:
        self._half_way = threading.Barrier(2, timeout=20)
        self._meetings = meetings
        self.attempts = [0, 0]

    def operation(self, choice: int) -> Operation:
        def run(connection: Connection) -> int:
            self.attempts[choice] += 1
            connection.execute(LOCK, {"number": choice})
            if self.attempts[choice] <= self._meetings:
                self._half_way.wait()
            connection.execute(LOCK, {"number": 1 - choice})
            return choice

        return run


@contextmanager
def two(url: str) -> Iterator[list[Database]]:
    with Store.open(url) as first_store, Store.open(url) as second:
        yield [first_store.database, second.database]


@pytest.mark.services
@pytest.mark.parametrize("way", [write, submit])
def test_the_victim_of_a_deadlock_writes_again(
    postgresql_url: str, way: Callable[[Database, Operation], int]
) -> None:
    crossing = Crossing(meetings=1)
    with two(postgresql_url) as databases, ThreadPoolExecutor() as pool:
        submits = [pool.submit(way, databases[n], crossing.operation(n)) for n in range(2)]
        assert [future.result(30) for future in submits] == [0, 1]
    assert sorted(crossing.attempts) == [1, 2]


@pytest.mark.services
def test_who_fails_for_another_reason_does_not_write_again(postgresql_url: str) -> None:
    attempts = []

    def refused(connection: Connection) -> int:
        attempts.append(1)
        connection.execute(text("set local statement_timeout to 1"))
        connection.execute(text("select pg_sleep(5)"))
        return 0

    with Store.open(postgresql_url) as store:
        for way in (write, submit):
            with pytest.raises(StoreUnavailable, match="statement timeout"):
                way(store.database, refused)
    assert len(attempts) == 2


def test_events_that_come_together_are_stored_in_the_order_of_their_time(store: Store) -> None:
    """Where each of two processes gets a repetition of the same events, both store the same keys:
    each process has to do it in the same order.
    """
    events = [event(f"{at}{key}", key, at=at) for at in (1, 2, 3) for key in "abcdef"]
    one_by_one, together = events[::2], events[1::2]
    started, go_on = threading.Event(), threading.Event()

    def stuck(_connection: Connection) -> int:
        started.set()
        return go_on.wait(30)

    with ThreadPoolExecutor(20) as pool:
        first = pool.submit(submit, store.database, stuck)
        assert started.wait(20)
        submits = [pool.submit(store.inbox.put, incoming) for incoming in reversed(together)]
        unless = Earlier("other", 0)
        submits += [
            pool.submit(store.inbox.put, incoming, unless=unless)
            for incoming in reversed(one_by_one)
        ]
        while store.database.writer.waiting < len(submits):
            threading.Event().wait(0.01)
        go_on.set()
        assert first.result(30)
        assert all(future.result(30) for future in submits)
    ids = {
        key: row.id for key in (event.key for event in events) if (row := store.inbox.by_key(key))
    }
    assert sorted(ids, key=ids.__getitem__) == [event.key for event in events]


@pytest.mark.services
def test_echoes_that_two_processes_get_at_once_are_stored_once(postgresql_url: str) -> None:
    """Each with what it notes of its write, in whatever order they come."""
    echoes = [event(f"e{number}", f"t{number}", at=number + 1) for number in range(20)]

    def receive(store: Store, incoming: Sequence[Incoming]) -> int:
        together.wait()
        return sum(receive_echo(store, echo) for echo in incoming)

    with Store.open(postgresql_url) as store, Store.open(postgresql_url) as second:
        writes = [
            store.journal.begin(Write(echo.lane, "priority", None, 2, "c", "a"), 1)
            for echo in echoes
        ]
        for number in writes:
            store.journal.finish(number, DONE, 2)
        together = threading.Barrier(4, timeout=20)
        with ThreadPoolExecutor(4) as pool:
            orders = [echoes, [*reversed(echoes)]] * 2
            stores = [store, store, second, second]
            received = [*pool.map(receive, stores, orders)]

        assert sum(received) == len(echoes)
        assert all(store.inbox.by_key(echo.key) for echo in echoes)


def receive_echo(store: Store, echo: Incoming) -> bool:
    """Whether it is new, as the receiver asks."""
    assert store.journal.match_echo(echo.lane, "priority", 2, 2, wait=False)
    return store.inbox.put_handled(echo)
