"""Laws of the lanes, over generated interleavings of workers that lease, work, fail and die."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clickup_mlops.store import DONE, InboxRow, Store
from clickup_mlops.store.tables.leases import LeaseLost
from tests.store.store_events import event

WORKERS = ("ann", "bob", "cyd")
LANES = ("x", "y")
LEASE_MS = 10

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(LANES), st.just("")),
        st.tuples(st.just("again"), st.sampled_from(LANES), st.just("")),
        st.tuples(st.just("tick"), st.sampled_from(("1", "7", "30")), st.just("")),
        *(
            st.tuples(st.just(name), st.sampled_from(LANES), st.sampled_from(WORKERS))
            for name in (
                "claim",
                "claim",
                "finish",
                "finish",
                "retry",
                "postpone",
                "release",
                "crash",
            )
        ),
    ),
    max_size=60,
)
numbers = itertools.count()


@dataclass
class World:
    """The store under test beside the simplest model of it."""

    store: Store
    prefix: str
    now_ms: int = 1_000
    came: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    finished: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    hands: dict[tuple[str, str], list[InboxRow]] = field(default_factory=lambda: defaultdict(list))

    def lane(self, name: str) -> str:
        return f"{self.prefix}:{name}"

    def put(self, name: str, _worker: str) -> None:
        key = f"{self.prefix}:{next(numbers)}"
        assert self.store.inbox.put(event(key, self.lane(name), at=self.now_ms))
        self.came[name].append(key)

    def again(self, name: str, _worker: str) -> None:
        for key in self.came[name][-2:]:
            assert not self.store.inbox.put(event(key, self.lane(name), at=self.now_ms))

    def tick(self, by: str, _worker: str) -> None:
        self.now_ms += int(by)

    def claim(self, name: str, worker: str) -> None:
        self._got(name, worker, self._claimed(name, worker))

    def _claimed(self, name: str, worker: str) -> list[InboxRow]:
        until = self.now_ms + LEASE_MS
        return self.store.inbox.claim(self.lane(name), worker, self.now_ms, until, limit=2)

    def _got(self, name: str, worker: str, rows: list[InboxRow]) -> None:
        self.hands[name, worker] = rows
        open_keys = [key for key in self.came[name] if key not in self.finished[name]]
        assert [row.key for row in rows] == open_keys[: len(rows)], "out of order"

    def finish(self, name: str, worker: str) -> None:
        """One of the events in hand; whether it counts is told by the database alone."""
        rows = self.hands[name, worker][:1]
        try:
            following = self.store.inbox.finish(
                self.lane(name),
                worker,
                [row.id for row in rows],
                self.now_ms,
                self.now_ms + LEASE_MS,
                limit=2,
            )
        except LeaseLost:
            following = []
        for row in rows:
            stored = self.store.inbox.get(row.id)
            if stored is not None and stored.state == DONE and row.key not in self.finished[name]:
                self.finished[name].append(row.key)
        self._got(name, worker, following)

    def postpone(self, name: str, worker: str) -> None:
        self.store.inbox.postpone(self.lane(name), worker, self.now_ms + 5)
        self.crash(name, worker)

    def retry(self, name: str, worker: str) -> None:
        for row in self.hands.pop((name, worker), [])[:1]:
            self.store.inbox.retry(row.id, "failed", self.now_ms + 5)

    def release(self, name: str, worker: str) -> None:
        self.store.inbox.release(self.lane(name), worker)
        self.crash(name, worker)

    def crash(self, name: str, worker: str) -> None:
        """The worker forgets what it held in its hands; the database does not."""
        self.hands.pop((name, worker), None)

    def drain(self) -> None:
        """A healthy worker comes much later and does all that is left."""
        self.now_ms += 1_000
        while lanes := [
            lane
            for lane in self.store.ready_lanes.names(self.now_ms, 1_000)
            if lane.startswith(self.prefix)
        ]:
            for lane in lanes:
                name = lane.removeprefix(f"{self.prefix}:")
                self.claim(name, "healthy")
                while self.hands[name, "healthy"]:
                    self.finish(name, "healthy")


@pytest.fixture(scope="module")
def lasting_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path: Path = tmp_path_factory.mktemp("laws") / "bot.db"
    with Store.open(f"sqlite:///{path}") as opened:
        yield opened


def follow(store: Store, steps: list[tuple[str, str, str]]) -> None:
    world = World(store, prefix=f"run{next(numbers)}")
    for name, first, worker in steps:
        getattr(world, name)(first, worker)
    world.drain()

    for lane_name, keys in world.came.items():
        assert world.finished[lane_name] == keys, "lost, doubled or out of order"
        rows = [store.inbox.by_key(key) for key in keys]
        assert all(row is not None and row.state == DONE for row in rows)
    assert store.inbox.depth(world.now_ms).ready == 0


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_order_is_kept_and_nothing_is_lost_on_sqlite(
    lasting_store: Store, steps: list[tuple[str, str, str]]
) -> None:
    """Whoever leases, dies or is late: each event is finished once, in the order it came."""
    follow(lasting_store, steps)


@pytest.mark.services
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_order_is_kept_and_nothing_is_lost_on_postgresql(
    postgresql_url: str, steps: list[tuple[str, str, str]]
) -> None:
    """The same on PostgreSQL."""
    with Store.open(postgresql_url) as store:
        follow(store, steps)
