"""How often a busy list is read, and when a task that was read is new enough."""

from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.bot.read.reader import PAGE, Pace, Reader, TaskRequest
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Store
from tests.bot.conftest import NOW_MS
from tests.store.store_events import event as incoming


def reads_of(arrivals: list[int], longest_ms: int) -> list[int]:
    """When a list is read whose tasks change at these times (ms); a read serves what waits."""
    pace, reads, waiting, at = Pace(longest_ms), [], 0, 0
    for now in range(0, arrivals[-1] + 20_000, 10):
        while at < len(arrivals) and arrivals[at] <= now:
            pace.add(f"task{at}", NOW_MS + arrivals[at])
            waiting, at = waiting + 1, at + 1
        if waiting and pace.wait_until(NOW_MS + now, waiting) <= NOW_MS + now:
            pace.was_read(NOW_MS + now)
            reads.append(now)
            waiting = max(0, waiting - PAGE)
    assert waiting == 0
    return reads


def reader_of(
    client: ClickUp, store: Store, *, longest_wait_ms: int = 0, is_scarce: bool = False
) -> Reader:
    """At a time that stands still."""
    return Reader(
        client.tasks,
        store.mirror,
        store.waiting,
        workspace="90",
        clock=lambda: NOW_MS,
        longest_wait_ms=longest_wait_ms,
        is_scarce=lambda: is_scarce,
    )


@given(st.lists(st.integers(min_value=250, max_value=60_000), min_size=1, max_size=50))
def test_a_calm_list_is_read_at_once(gaps: list[int]) -> None:
    """Up to four changes a second do not wait for each other."""
    arrivals = [sum(gaps[: n + 1]) // 10 * 10 for n in range(len(gaps))]

    assert reads_of(arrivals, 2_000) == sorted(set(arrivals))


@given(st.integers(min_value=1, max_value=20))
def test_1000_changes_within_20_seconds_cost_at_most_20_reads(seconds: int) -> None:
    """However quickly or slowly a burst arrives."""
    arrivals = [n * seconds for n in range(1_000)]

    assert len(reads_of(arrivals, 2_000)) <= 20


@given(st.integers(min_value=5, max_value=50))
def test_who_waits_is_read_together_with_others(per_s: int) -> None:
    """Waiting that saves no call would only make it late."""
    arrivals = [n * 1_000 // per_s for n in range(10 * per_s)]

    assert len(reads_of(arrivals, 2_000)) <= len(arrivals) / 3 + per_s


@given(st.integers(min_value=5, max_value=8))
def test_a_window_that_is_too_short_to_save_a_call_is_not_waited_for(per_s: int) -> None:
    """Five a second and 0.2 s: there would be one change in it."""
    arrivals = [n * 1_000 // per_s for n in range(10 * per_s)]
    reads = reads_of(arrivals, 200)

    assert len(reads) == len(arrivals)


def test_a_change_that_is_told_again_counts_once() -> None:
    """A lane that was postponed comes back with the same change: no busier for that."""
    pace = Pace(2_000)
    for _ in range(50):
        pace.add("task1", NOW_MS)

    pace.was_read(NOW_MS + 50)

    assert pace.wait_until(NOW_MS + 50, waiting=1) == NOW_MS + 50


@given(st.lists(st.integers(min_value=0, max_value=60_000), min_size=1, max_size=200))
def test_no_event_waits_longer_than_it_may(arrivals: list[int]) -> None:
    """The wait between two reads is bounded while something waits."""
    arrivals = sorted(arrivals)
    reads = reads_of(arrivals, 2_000)

    for arrival in arrivals:
        assert min(read for read in reads if read >= arrival - 10) - arrival <= 2_010


@pytest.mark.parametrize("other_ms", [-3_600_000, 3_600_000])
def test_what_was_read_is_new_enough_whatever_the_clocks_say(
    clickup_sandbox: Sandbox, tmp_path: Path, other_ms: int
) -> None:
    """Events that another machine received, an hour off: one call for each.

    They do not tell when the change happened, so only their number can say whether it is shown.
    """
    token, url = clickup_sandbox.token, clickup_sandbox.url
    (task_id,) = clickup_sandbox.control.add_tasks("Tasks", [{"name": "serve"}])
    with ClickUp(token, base_url=url) as client, Store.open(f"sqlite:///{tmp_path}/b.db") as store:
        reader = reader_of(client, store)
        for count, key in enumerate("ab", start=1):
            store.inbox.put(incoming(key, lane=task_id, at=NOW_MS + other_ms))
            request = TaskRequest(
                task_id, None, None, NOW_MS + other_ms, number=store.waiting.newest()
            )
            for _ in range(3):
                reader.read(request)
            assert client.calls == count


@pytest.mark.parametrize("is_scarce", [False, True])
def test_a_busy_list_waits_only_while_calls_are_scarce(
    clickup_sandbox: Sandbox, tmp_path: Path, *, is_scarce: bool
) -> None:
    """Else a saved call is worth nothing, and the wait would be all that is noticed."""
    tasks = clickup_sandbox.control.add_tasks("Tasks", [{"name": str(n)} for n in range(20)])
    token, url = clickup_sandbox.token, clickup_sandbox.url
    with ClickUp(token, base_url=url) as client, Store.open(f"sqlite:///{tmp_path}/b.db") as store:
        reader = reader_of(client, store, longest_wait_ms=2_000, is_scarce=is_scarce)
        waited = 0
        for number, task in enumerate(tasks, start=1):
            try:
                reader.read(TaskRequest(task, "55", None, NOW_MS, number=number))
            except Postponed:
                waited += 1

    assert bool(waited) == is_scarce


def test_a_slow_read_of_a_list_does_not_tie_up_those_who_wait_for_it(
    clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """They give their workers back and come again; other lists are read meanwhile."""
    control = clickup_sandbox.control
    first, second = control.add_tasks("Tasks", [{"name": "serve"}, {"name": "train"}])
    token, url = clickup_sandbox.token, clickup_sandbox.url
    with ClickUp(token, base_url=url) as client, Store.open(f"sqlite:///{tmp_path}/b.db") as store:
        reader = reader_of(client, store)
        client.tasks.get(first)  # the rate limit is known: calls need not go one by one
        slow = control.faults.add("slow", path=f"*/task/{first}", wait_s=3)
        asking = Thread(target=reader.read, args=[TaskRequest(first, "55", None, NOW_MS, number=1)])
        asking.start()
        while slow.times:
            sleep(0.01)
        began = monotonic()

        with pytest.raises(Postponed) as postponed:
            reader.read(TaskRequest(second, "55", None, NOW_MS, number=1))
        assert reader.read(TaskRequest(second, "66", None, NOW_MS, number=1)).name == "train"

        assert monotonic() - began < 2.5
        assert asking.is_alive()
        assert postponed.value.until_ms > NOW_MS
        asking.join()
