"""Group commit: durable, bounded, and no write suffers from its neighbour."""

import os
import sqlite3
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, event, text

from clickup_mlops.errors import StoreBusy, StoreUnavailable
from clickup_mlops.store import Store, Write
from clickup_mlops.store.database import group_commit
from clickup_mlops.store.database.group_commit import BATCH
from tests.store.store_events import event as incoming


def a_write(task_id: str) -> Write:
    return Write(
        task_id, "priority", before=None, after=1, cause="w1:1", automation="inference_first"
    )


@contextmanager
def stuck(store: Store) -> Iterator[None]:
    """While this lasts, no write gets to the disk."""
    go_on, reached = threading.Event(), threading.Event()

    def wait(_connection: Connection) -> None:
        reached.set()
        go_on.wait(30)

    blocker = threading.Thread(target=lambda: store.database.write(wait))
    blocker.start()
    reached.wait(10)
    try:
        yield
    finally:
        go_on.set()
        blocker.join()


def all_sent(store: Store) -> list[str]:
    """What is sent to SQLite from now on."""
    messages: list[str] = []

    def watch(driver: sqlite3.Connection, *_: object) -> None:
        driver.set_trace_callback(messages.append)

    store.database.close()
    event.listen(store.engine, "checkout", watch)
    return messages


def test_a_write_is_made_where_it_is_submitted(sqlite_url: str) -> None:
    """There is no thread to hand it to: that costs more than a small transaction, and a server may
    fork.
    """

    def thread(_connection: Connection) -> int:
        return threading.get_ident()

    before = threading.active_count()
    with Store.open(sqlite_url) as store:
        assert store.database.write(thread) == threading.get_ident()
        assert threading.active_count() == before


def test_many_threads_share_commits(sqlite_url: str) -> None:
    """Writes that wait together are committed together, at most `BATCH` at a time."""
    with Store.open(sqlite_url) as store:
        messages = all_sent(store)
        with stuck(store):
            threads = [
                threading.Thread(target=store.inbox.put, args=[incoming(f"{n}")])
                for n in range(BATCH + 50)
            ]
            for thread in threads:
                thread.start()
            while store.database.writer.waiting < len(threads):
                time.sleep(0.001)
        for thread in threads:
            thread.join()
        assert messages.count("COMMIT") == 3, "the stuck one, a full batch, and the rest"
        assert store.inbox.depth(1).ready == BATCH + 50


def test_events_that_come_together_share_a_commit(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one gives the second one a moment: ClickUp reports one change in two events."""
    monkeypatch.setattr(group_commit, "LINGER_S", 1.0)
    with Store.open(sqlite_url) as store:
        messages = all_sent(store)
        first = threading.Thread(target=store.inbox.put, args=[incoming("1")])
        first.start()
        while store.database.writer.waiting < 1:
            time.sleep(0.001)
        assert store.inbox.put(incoming("2"))
        first.join()

        assert messages.count("COMMIT") == 1
        assert store.inbox.depth(1).ready == 2


def test_who_is_stopped_while_it_waits_for_others_blocks_nobody(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it wanted to write is written, and so is what others want."""

    def stop(_seconds: float) -> None:
        raise SystemExit

    with Store.open(sqlite_url) as store:
        with monkeypatch.context() as stopped, pytest.raises(SystemExit):
            stopped.setattr(group_commit, "time", SimpleNamespace(sleep=stop))
            store.inbox.put(incoming("1"))
        writing = threading.Thread(target=store.inbox.put, args=[incoming("2")], daemon=True)
        writing.start()
        writing.join(10)
        assert store.inbox.depth(1).ready == 2


def test_a_full_queue_refuses_at_once_and_memory_stays_flat(sqlite_url: str) -> None:
    """Above the limit put raises StoreBusy without waiting, however often it is called."""
    with Store.open(sqlite_url, queue_limit=10) as store, stuck(store):
        waiting = [
            threading.Thread(target=store.inbox.put, args=[incoming(f"{n}")]) for n in range(10)
        ]
        for thread in waiting:
            thread.start()
        while store.database.writer.waiting < 10:
            time.sleep(0.001)
        body = b"x" * 10_000
        tracemalloc.start()
        for n in range(5_000):
            with pytest.raises(StoreBusy, match="10 writes are waiting"):
                store.inbox.put(incoming(f"more {n}", body=body))
        grown, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert grown < 1_000_000
        assert store.database.writer.waiting == 10


def test_what_was_refused_is_taken_when_there_is_room(sqlite_url: str) -> None:
    """StoreBusy is not for ever, and nothing that was accepted got lost meanwhile."""
    with Store.open(sqlite_url, queue_limit=1) as store:
        with stuck(store):
            accepted = threading.Thread(target=store.inbox.put, args=[incoming("first")])
            accepted.start()
            while store.database.writer.waiting < 1:
                time.sleep(0.001)
            with pytest.raises(StoreBusy):
                store.inbox.put(incoming("second"))
        accepted.join()
        assert store.inbox.put(incoming("second"))
        assert not store.inbox.put(incoming("first"))


def test_a_slow_disk_ends_the_wait(sqlite_url: str) -> None:
    """put gives up after `wait_s`: the sender gets an answer in time and delivers again."""
    with (
        Store.open(sqlite_url, wait_s=0.05) as store,
        stuck(store),
        pytest.raises(StoreBusy, match="longer than"),
    ):
        store.inbox.put(incoming("a"))


def test_what_nobody_waits_for_any_more_is_written_all_the_same(sqlite_url: str) -> None:
    """By whoever made it wait; and the next write finds the way free."""
    with Store.open(sqlite_url, wait_s=0.05) as store:
        with stuck(store):
            for n in range(3):
                with pytest.raises(StoreBusy, match="longer than"):
                    store.inbox.put(incoming(f"{n}"))
        assert store.inbox.depth(1).ready == 3
        assert store.inbox.put(incoming("next"))


def test_who_is_interrupted_while_writing_leaves_the_way_free(sqlite_url: str) -> None:
    """A signal ends the main thread wherever it is: nothing of its write stays, others go on."""

    def stop(connection: Connection) -> None:
        connection.execute(text("insert into cursor (name, value) values ('half', 'done')"))
        raise SystemExit

    with Store.open(sqlite_url) as store:
        with pytest.raises(SystemExit):
            store.database.write(stop)
        assert store.cursors.get("half") is None
        assert store.inbox.put(incoming("next"))


def test_many_threads_write_each_of_their_events_once(sqlite_url: str) -> None:
    """Whoever writes for the others, nothing is lost on the way, and nobody waits for ever."""

    def puts(name: int) -> None:
        for n in range(50):
            assert store.inbox.put(incoming(f"{name}-{n}"))

    with Store.open(sqlite_url) as store:
        threads = [threading.Thread(target=puts, args=[name]) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert store.database.writer.waiting == 0
        assert store.inbox.depth(1).ready == 400


def test_one_failing_write_does_not_spoil_its_neighbours(sqlite_url: str) -> None:
    """The culprit gets its own error; the others of its commit succeed, each exactly once."""
    errors: list[Exception] = []

    def fail(connection: Connection) -> None:
        connection.execute(text("insert into cursor (name, value) values ('half', 'done')"))
        raise ValueError("mine")

    with Store.open(sqlite_url) as store:

        def failing() -> None:
            try:
                store.database.write(fail)
            except ValueError as problem:
                errors.append(problem)

        with stuck(store):
            threads = [threading.Thread(target=failing)] + [
                threading.Thread(target=store.inbox.put, args=[incoming(f"{n}")]) for n in range(8)
            ]
            for thread in threads:
                thread.start()
            while store.database.writer.waiting < 9:
                time.sleep(0.001)
        for thread in threads:
            thread.join()
        assert [str(error) for error in errors] == ["mine"]
        assert store.inbox.depth(1).ready == 8
        assert store.cursors.get("half") is None


def test_what_may_wait_goes_with_the_next_write_of_its_thread(store: Store) -> None:
    """In order and before it, in one transaction; another thread's write does not take it along."""
    write = store.journal.begin(a_write("t1"), 1_000)
    store.journal.finish(write, "done", 1_001, wait=False)
    store.decisions.put("t1", {"priority": 1}, "key", 1_002, wait=False)

    thread = threading.Thread(target=lambda: store.cursors.set("other", "1"))
    thread.start()
    thread.join()
    assert [row.id for row in store.journal.unfinished("t1")] == [write]
    assert store.decisions.latest("t1") is None

    store.cursors.set("mine", "1")
    assert store.journal.unfinished("t1") == []
    assert store.decisions.latest("t1") is not None


def test_flush_writes_what_waits(store: Store) -> None:
    """For those who must see it at once; with nothing waiting it costs nothing."""
    store.decisions.put("t1", {"priority": 1}, "key", 1_002, wait=False)

    store.flush()
    store.flush()

    assert len(store.decisions.history("t1", 9)) == 1


def test_a_failed_write_leaves_nothing_behind(store: Store) -> None:
    """On both databases: all of an operation, or nothing."""

    def fail(connection: Connection) -> None:
        connection.execute(text("insert into cursor (name, value) values ('half', 'done')"))
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        store.database.write(fail)

    assert store.cursors.get("half") is None


def test_a_full_disk_is_explained_and_passes(sqlite_url: str) -> None:
    """The error says what to do; once there is room again the same store goes on."""
    with Store.open(sqlite_url) as store:

        def limit(connection: object, _record: object) -> None:
            connection.execute("pragma max_page_count = 60")  # type: ignore[attr-defined]

        event.listen(store.engine, "connect", limit)
        with pytest.raises(StoreUnavailable, match="full") as refused:
            for n in range(100):
                store.inbox.put(incoming(f"{n}", body=b"x" * 10_000))
        assert "Free some disk space" in refused.value.hint
        ready = store.inbox.depth(1).ready

        event.remove(store.engine, "connect", limit)
        store.engine.dispose()
        assert store.inbox.put(incoming("room again"))
        assert store.inbox.depth(1).ready == ready + 1


def test_another_writing_process_is_waited_for(sqlite_url: str) -> None:
    """A short lock by somebody else delays a put; it does not fail it."""
    with Store.open(sqlite_url) as store, Store(sqlite_url) as second:
        holder = second.engine.connect()
        transaction = holder.begin()
        threading.Timer(0.3, lambda: (transaction.rollback(), holder.close())).start()

        assert store.inbox.put(incoming("a"))


def test_close_writes_what_is_queued(sqlite_url: str) -> None:
    """Closing loses nothing that a thread is waiting for."""
    store = Store.open(sqlite_url)
    results: list[bool] = []
    with stuck(store):
        waiting = [
            threading.Thread(target=lambda n=n: results.append(store.inbox.put(incoming(f"{n}"))))
            for n in range(20)
        ]
        for thread in waiting:
            thread.start()
        while store.database.writer.waiting < 20:
            time.sleep(0.001)
        closing = threading.Thread(target=store.close)
        closing.start()
    closing.join()
    for thread in waiting:
        thread.join()

    assert results == [True] * 20
    with Store(sqlite_url) as second:
        assert second.inbox.depth(1).ready == 20


def test_a_store_survives_a_fork(store: Store) -> None:
    """Parent and child both go on writing with the store that was open before the fork."""
    store.inbox.put(incoming("before"))

    child = os.fork()
    if child == 0:
        os._exit(0 if store.inbox.put(incoming("child")) else 1)
    parent_new = store.inbox.put(incoming("parent"))
    _, status = os.waitpid(child, 0)

    assert parent_new
    assert os.waitstatus_to_exitcode(status) == 0
    assert {row.key for row in store.inbox.list(None, 9)} == {"before", "child", "parent"}


def test_sqlite_is_set_up_to_survive_a_power_cut(sqlite_url: str, tmp_path: Path) -> None:
    """Write-ahead log, and every commit is synced to the disk."""
    with Store.open(sqlite_url) as store, store.database.reading() as connection:
        assert connection.exec_driver_sql("pragma journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("pragma synchronous").scalar() == 2
        assert connection.exec_driver_sql("pragma busy_timeout").scalar() == 5_000
        store.inbox.put(incoming("a"))
        assert (tmp_path / "bot.db-wal").exists()


def test_only_what_must_survive_a_power_cut_waits_for_the_disk(sqlite_url: str) -> None:
    """2 is FULL: the log is synced at each commit; 1 is NORMAL. One of a batch decides for all."""

    def level(connection: Connection) -> int:
        result: int = connection.exec_driver_sql("pragma synchronous").scalar_one()
        return result

    with Store.open(sqlite_url) as store:
        write = store.database.write
        assert [write(level, durable=expected) for expected in (True, False, True)] == [2, 1, 2]
        with pytest.raises(ZeroDivisionError):
            write(lambda _connection: 1 // 0, durable=False)
        assert write(level) == 2

        with stuck(store):
            result: list[int] = []
            threads = [
                threading.Thread(target=lambda d=d: result.append(write(level, durable=d)))
                for d in (False, True, False)
            ]
            for thread in threads:
                thread.start()
            while store.database.writer.waiting < len(threads):
                time.sleep(0.01)
        for thread in threads:
            thread.join()
        assert result == [2, 2, 2]
