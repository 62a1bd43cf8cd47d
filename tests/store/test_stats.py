"""What monitoring asks is answered from the store, alike on both databases."""

from clickup_mlops.store import Store
from clickup_mlops.store.queries.stats import Backlog, HookHealth, Standstill
from clickup_mlops.store.tables.leases import PROCESS
from tests.store.store_events import event


def test_an_empty_store_has_nothing_to_tell(store: Store) -> None:
    """Not even an error."""
    assert store.stats.backlog(1) == Backlog(0, 0, 0, 0, None)
    assert (store.stats.jobs(), store.stats.hooks()) == ({}, [])
    assert (store.stats.overrides(1), store.stats.budget("token")) == (0, {})


def test_the_backlog_tells_what_is_due_from_what_waits(store: Store) -> None:
    """Events that are done count for nothing; leases that ran out are nobody's."""
    store.inbox.put_many([event(f"{n}", lane=f"t{n}", at=1_000 + n) for n in range(4)])
    outcome, later, parked = (
        store.inbox.claim(f"t{n}", "me", 2_000, 3_000 + n, limit=1)[0] for n in range(3)
    )
    store.inbox.finish("t0", "me", [outcome.id], 2_000, 3_000, limit=1)
    store.inbox.retry(later.id, "not now", 9_000)
    store.inbox.park(parked.id, "poison")

    assert store.stats.backlog(2_500) == Backlog(1, 1, 2, 1, 1_001)
    assert store.stats.backlog(3_002).running == 1


def test_jobs_and_webhooks_are_told_apart_from_other_cursors(store: Store) -> None:
    """By the beginning of their names; the newest note holds."""
    store.cursors.set("jobless", "x")
    store.cursors.set("hooks:900", "[]")
    store.stats.job_succeeded("heal", 1)
    store.stats.job_succeeded("heal", 2)
    store.stats.job_succeeded("prune", 3)
    health = HookHealth("w1", 7, ("it was failing",), 4)
    store.stats.hooks_checked("900", [health])

    assert store.stats.jobs() == {"heal": 2, "prune": 3}
    assert store.stats.hooks() == [health]


def test_a_standstill_is_since_the_last_event_that_was_done(store: Store) -> None:
    """What waits on purpose, what waits behind it, and jobs count neither way."""
    assert store.stats.standstill(9_000, "cron:") is None
    lanes = (("a", "t1"), ("b", "t1"), ("c", "t2"), ("d", "t2"), ("e", "cron:heal"))
    store.inbox.put_many([event(key, lane=lane, at=1_000) for key, lane in lanes])
    (later,) = store.inbox.claim("t1", "me", 1_000, 1_001, limit=1)
    store.inbox.retry(later.id, "not now", 9_500)
    assert store.stats.standstill(9_000, "cron:") == Standstill(1_000, 0)

    (first,) = store.inbox.claim("t2", "me", 2_000, 9_000, limit=1)
    store.inbox.finish("t2", "me", [first.id], 5_000, 9_000, limit=1)
    (job,) = store.inbox.claim("cron:heal", "me", 2_000, 9_000, limit=1)
    store.inbox.finish("cron:heal", "me", [job.id], 8_000, 9_000, limit=1)
    assert store.stats.standstill(9_000, "cron:") == Standstill(5_000, 1)
    assert store.stats.standstill(9_001, "cron:") == Standstill(5_000, 0)

    (second,) = store.inbox.claim("t2", "you", 9_001, 9_002, limit=1)
    store.inbox.finish("t2", "you", [second.id], 9_001, 9_002, limit=1)
    assert store.stats.standstill(9_400, "cron:") is None


def test_the_lease_of_the_process_is_no_lane_that_runs(store: Store) -> None:
    """It is held while nothing is done: else no standstill would ever be seen."""
    store.inbox.put_many([event("a", lane="t1", at=1_000)])
    assert store.leases.take(PROCESS, "host:1:a", 2_000, 9_000)

    assert store.stats.backlog(3_000).running == 0
    assert store.stats.standstill(3_000, "cron:") == Standstill(1_000, 0)
