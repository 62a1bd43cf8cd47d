"""Grants let in as long as they hold, and end once."""

import threading
from dataclasses import replace

from clickup_mlops.features.dashboard.tables.grants import Grant, Grants
from clickup_mlops.store import Store

ONE = Grant("a1", "d1", "session", "7", "Ana", "viewer", "", 1_000, 9_000)


def test_a_grant_is_found_by_its_digest_alone(store: Store) -> None:
    """As it was put there; its id opens nothing."""
    view = replace(ONE, id="a2", digest="d2", kind="embed", view="now?range=7d", role="viewer")
    for grant in (ONE, view):
        store.table(Grants).put(grant)

    assert store.table(Grants).find("d1") == ONE
    assert store.table(Grants).find("d2") == view
    for second in ("a1", "D1", "d", "d1 ", "%", ""):
        assert store.table(Grants).find(second) is None


def test_it_holds_until_its_time_is_over() -> None:
    """To the millisecond."""
    assert ONE.holds(8_999)
    assert not ONE.holds(9_000)
    assert not replace(ONE, ended_ms=1_001).holds(1_002)


def test_it_ends_once(store: Store) -> None:
    """Who ends it again hears so; when it ended stays."""
    store.table(Grants).put(ONE)
    assert store.table(Grants).end("a1", 2_000)
    assert not store.table(Grants).end("a1", 3_000)
    assert not store.table(Grants).end("none", 3_000)
    assert store.table(Grants).find("d1") == replace(ONE, ended_ms=2_000)


def test_of_many_who_end_it_at_once_one_does(store: Store) -> None:
    """So that a one-time link makes one session."""
    store.table(Grants).put(ONE)
    together, ended = threading.Barrier(8), []

    def end() -> None:
        together.wait()
        ended.append(store.table(Grants).end("a1", 2_000))

    threads = [threading.Thread(target=end) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == [False] * 7 + [True]


def test_those_that_hold_are_listed_newest_first(store: Store) -> None:
    """Neither ended nor expired ones."""
    grants = [replace(ONE, id=f"a{n}", digest=f"d{n}", made_ms=n) for n in (1, 3, 2)]
    for grant in (*grants, replace(ONE, id="old", digest="old", expires_ms=5_000)):
        store.table(Grants).put(grant)
    store.table(Grants).end("a2", 4_000)

    assert [grant.id for grant in store.table(Grants).list(5_000)] == ["a3", "a1"]
    assert store.table(Grants).list(9_000) == []


def test_expired_ones_are_removed_after_a_while(store: Store) -> None:
    """Those that still hold stay, however long ago they were made."""
    store.table(Grants).put(ONE)
    store.table(Grants).put(replace(ONE, id="a2", digest="d2", expires_ms=99_000))
    assert store.retention.prune({"overrides": 9_001}, 99_000) == {"overrides": 1}
    assert store.table(Grants).find("d1") is None
    assert store.table(Grants).find("d2") is not None
