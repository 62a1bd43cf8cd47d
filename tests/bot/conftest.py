"""A real store in a file, a clock that only moves when it is told to, and services if they run."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.store import Incoming, Store
from tests.empty import store_at

NOW_MS = 1_800_000_000_000


class HandClock:
    """Calls give the time; `advance` moves it."""

    def __init__(self) -> None:
        self.ms = NOW_MS

    def __call__(self) -> int:
        return self.ms

    def advance(self, ms: int) -> None:
        self.ms += ms


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(store_at(tmp_path / "bot.db")) as store:
        yield store


def incoming(number: int, lane: str = "task1", *, at_ms: int = NOW_MS) -> Incoming:
    """A stored event without meaning."""
    return Incoming(
        key=f"hook:{number}",
        source="hook:h",
        workspace="9",
        kind="taskUpdated",
        lane=lane,
        list_id="1",
        body=b"{}",
        event_ms=at_ms,
        received_ms=at_ms,
    )


@pytest.fixture
def redis_url() -> str:
    """A Redis that answers, else the test is skipped. One of its databases, by chance."""
    url = os.environ.get("CLICKUP_MLOPS_TEST_REDIS", "redis://127.0.0.1:6379/0")
    url = f"{url.rpartition('/')[0]}/{random.SystemRandom().randint(1, 15)}"
    redis = pytest.importorskip("redis")
    try:
        redis.Redis.from_url(url, socket_connect_timeout=1).ping()
    except redis.RedisError as problem:
        pytest.skip(f"Redis does not answer: {problem}")
    return url


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A database of its own on a PostgreSQL that answers, else the test is skipped."""
    from tests.bot.databases import fresh_postgres

    with fresh_postgres() as url:
        yield url
