"""What the store costs as history and backlog grow: `python benchmarks/growth.py [--full]`.

A store with 1,000 handled and 1,000 waiting events is compared with one in which many were handled,
and with one in which many wait.
Times are the best of many repetitions: other work on the machine does not count. `--url` measures
PostgreSQL, in a schema of its own; `--code` another checkout.
"""

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, inspect, make_url, text

if TYPE_CHECKING:
    from clickup_mlops.store import Store

NOW_MS = 1_800_000_000_000
LAST_HOUR = 50_000
"""Writes of the last hour at most."""
IN_LIST = 1_000
"""Open tasks of the List."""
ROUNDS = 200
FEW, DEFAULT, FULL = (1_000, 1_000), (50_000, 10_000), (1_000_000, 100_000)
"""Events that were handled, and events that wait."""

# `n` counts up; `:many` handled events, `:now`. The newest event is the last one.
HANDLED = """
insert into inbox (key, source, workspace, kind, lane, list_id, body, event_ms, received_ms,
    state, attempts, due_ms, error, done_ms)
select 'k' || i, 'hook:w', '900', 'taskUpdated', 't' || (i % 100), '55', cast('{}' as {blob}),
    :now - :many + i, :now - :many + i, 'done', 0, :now, '', :now - :many + i from n
"""
WRITES = """
insert into journal (task_id, kind, before, after, receipt, cause, chain, automation, actor, run,
    lane, outcome, begun_ms, finished_ms)
select 't' || i, 'priority', 'null', '1', 'null', 'k' || i, '[]', 'a', '', '', 't' || i, 'done',
    case when :many - i < {hour} then :now - 3500000 + i % 3400000 else 1 end, :now from n
"""
AUDIT = """
insert into audit (seq, at_ms, begun_ms, task_id, kind, before, after, receipt, cause, chain,
    automation, actor, run, outcome, calls, key, prev, hash, journal_id)
select i, :now, :now, 't' || i, case when i < 10 then 'comment' else 'priority' end, 'null', '1',
    'null', 'k' || i, '[["k' || (i / 2) || '","b"]]', 'a', '', '', 'done', '[]', '', '', '', i
from n
"""
LINKS = """
insert into audit_link (cause, seq)
select 'k' || (i / 2), i from n
"""
COUNTS = """
insert into write_count (automation, slot, minute, count)
select 'a', (:now / 60000 - i) % 64, :now / 60000 - i, {hour} / 60 from n where i < 60
"""
MIRROR = """
insert into mirror (task_id, workspace, list_id, is_open, priority, updated_ms, fetched_ms, seen,
    raw)
select 'm' || i, '900', case when i <= {tasks} then '55' else '77' end, {true}, 3, i, i, 0,
    cast('{}' as {blob}) from n
"""
WAITING = """
insert into inbox (key, source, workspace, kind, lane, list_id, body, event_ms, received_ms,
    state, attempts, due_ms, error)
select 'w' || i, 'hook:w', '900', 'taskUpdated', 'w' || i, '55', cast('{}' as {blob}),
    :now, :now, 'ready', 0, :now, '' from n
"""


def fill(store: "Store", handled: int, waiting: int) -> None:
    """Rows as if so many events had been handled, and so many waited."""
    with store.engine.begin() as connection:
        for statement in (HANDLED, WRITES, AUDIT, LINKS, COUNTS, MIRROR):
            _insert(connection, statement, handled)
        _insert(connection, WAITING, waiting)
        connection.execute(text("update audit_head set seq = :many"), {"many": handled})
        if connection.dialect.name != "sqlite":
            connection.execute(text("analyze"))


def _insert(connection: Connection, statement: str, many: int) -> None:
    sqlite = connection.dialect.name == "sqlite"
    table = statement.split()[2]
    if not inspect(connection).has_table(table):
        return  # an older checkout
    words = {
        "{blob}": "blob" if sqlite else "bytea",
        "{true}": "1" if sqlite else "true",
        "{hour}": str(LAST_HOUR),
        "{tasks}": str(IN_LIST),
    }
    for word, value in words.items():
        statement = statement.replace(word, value)
    head, select = statement.split("\nselect", 1)
    series = "with recursive n(i) as (select 1 union all select i + 1 from n where i < :many)"
    connection.execute(text(f"{head} {series} select {select}"), {"many": many, "now": NOW_MS})


def costs(store: "Store") -> Iterator[tuple[str, Callable[[int], object]]]:
    """What is measured, by name; each gets the number of the repetition."""
    from clickup_mlops.store import Filter, Incoming, Write

    def lane(number: int) -> None:
        key = f"n{number}"
        store.inbox.put(
            Incoming(key, "hook:w", "900", "taskUpdated", key, "66", b"{}", NOW_MS, NOW_MS)
        )
        (row,) = store.inbox.claim(key, "me", NOW_MS, NOW_MS + 9_000, limit=9)
        store.inbox.finish(key, "me", [row.id], NOW_MS, NOW_MS + 9_000, limit=9)

    def write(number: int) -> None:
        row = store.journal.begin_under(
            Write(f"n{number}", "priority", 2, 1, "n", "a"), 10**9, NOW_MS
        )
        if row is not None:
            store.journal.finish(row, "done", NOW_MS)

    page = [f"t{number}" for number in range(100)]
    yield "an event in, its lane taken and ended", lane
    yield "a write under an hourly cap", write
    yield "lanes that are due (100)", lambda _: store.ready_lanes.names(NOW_MS, 100)
    yield "what waits in a List", lambda _: store.waiting.in_list("55")
    yield "open and Urgent tasks of a List", lambda _: store.mirror.open_and_urgent("55")
    yield "newest change of 100 tasks", lambda _: store.waiting.newest_ms(page)
    yield "what an event caused", lambda _: store.audit.caused_by("k400")
    yield "audit by kind", lambda _: store.audit.list(Filter(kind="comment"), 20)
    yield "tasks that changed last (100)", lambda _: store.mirror.newest(100)
    yield "backlog, for a scrape", lambda _: store.stats.backlog(NOW_MS)


def measure(url: str, handled: int, waiting: int) -> dict[str, float]:
    """The best time of each, in µs."""
    from clickup_mlops.store import Store

    with _empty(url) as address, Store.open(address, wait_s=600) as store:
        fill(store, handled, waiting)
        return {name: _best(run) for name, run in costs(store)}


def _best(run: Callable[[int], object]) -> float:
    best = float("inf")
    for number in range(ROUNDS):
        start = time.perf_counter()
        run(number)
        best = min(best, time.perf_counter() - start)
    return best * 1e6


@contextmanager
def _empty(url: str) -> Iterator[str]:
    if not url:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bot.db"
        return
    schema, admin = f"growth_{secrets.token_hex(4)}", create_engine(url)
    with admin.begin() as connection:
        connection.execute(text(f"create schema {schema}"))
    try:
        address = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
        yield address.render_as_string(hide_password=False)
    finally:
        with admin.begin() as connection:
            connection.execute(text(f"drop schema {schema} cascade"))
        admin.dispose()


def main(argv: Sequence[str] | None = None) -> None:
    """Measure the three stores and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="a million events, 100,000 waiting")
    parser.add_argument("--url", default="", help="SQLAlchemy URL of a PostgreSQL database")
    parser.add_argument("--code", default=str(Path(__file__).resolve().parent.parent))
    chosen = parser.parse_args(argv)
    sys.path.insert(0, chosen.code)
    many, waiting = FULL if chosen.full else DEFAULT
    few = measure(chosen.url, *FEW)
    grown = measure(chosen.url, many, FEW[1])
    busy = measure(chosen.url, FEW[0], waiting)
    print(f"{'':38} {'few':>9}  {many:>9,} handled  {waiting:>8,} waiting")
    for name, base in few.items():
        ratios = f"{grown[name] / base:14.2f} x {busy[name] / base:16.2f} x"
        print(f"{name:38} {base:6.0f} µs {ratios}")


if __name__ == "__main__":
    main()
