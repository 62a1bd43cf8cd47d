"""What reports cost at 10,000 tasks: `python benchmarks/report.py [--tasks N] [--url URL]`.

A store is filled with the history of so many tasks, 200 models and their numbers, spread over 90
days. Of each kind of report the build is timed, with the number of its selects, and of the monthly
one the rendering in each format. The baseline is a tenth of the tasks. `--url` measures PostgreSQL,
in a schema of its own.
"""

import argparse
import json
import random
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, create_engine, insert, make_url, text

if TYPE_CHECKING:
    from clickup_mlops.store import Store

WORKSPACE, ZONE = "900", "Europe/Madrid"
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
END_MS = 1_796_000_000_000
DAYS, MODELS, FIELDS, PORTS, MEASURES = 90, 200, 4, 32, 8
WORKLOADS = ("inference", "inference", "training", "data", "infra")
KINDS = ("daily", "weekly", "monthly")


def fill(store: "Store", tasks: int) -> None:
    """As if so many tasks had come in 90 days."""
    from clickup_mlops.store.tables.decisions import decision
    from clickup_mlops.store.tables.history import HOUR, point, series
    from clickup_mlops.store.tables.incidents import incident
    from clickup_mlops.store.tables.mirror import mirror
    from clickup_mlops.store.tables.runs import automation_run
    from clickup_mlops.store.tables.timeline import timeline

    chance = random.Random(1)
    with store.engine.begin() as connection:
        _put(connection, timeline, (row for n in range(tasks) for row in _entries(n, tasks)))
        _put(connection, timeline, _reports(tasks))
        _put(connection, decision, (row for n in range(tasks) for row in _decisions(n, tasks)))
        _put(connection, mirror, (_task(n, tasks) for n in range(tasks)))
        _put(connection, incident, _incidents())
        _put(connection, automation_run, _runs(tasks))
        _put(connection, series, _series())
        numbers = range(1, MODELS * FIELDS + PORTS * MEASURES + 1)
        _put(connection, point, (row for n in numbers for row in _points(n, HOUR, chance)))
        connection.execute(text(AUDIT), {"many": tasks, "end": END_MS, "span": DAYS * DAY_MS})
        if connection.dialect.name != "sqlite":
            connection.execute(text("analyze"))


AUDIT = """
insert into audit (seq, at_ms, begun_ms, task_id, kind, before, after, receipt, cause, chain,
    automation, actor, run, outcome, calls, key, prev, hash, journal_id)
with recursive n(i) as (select 1 union all select i + 1 from n where i < :many)
select i, :end - :span + i * (:span / :many), 0, 't' || i, 'priority', 'null', '1', 'null',
    'k' || i, '[]', 'automation_' || (i % 20), '', '', 'done', '["PUT task"]', '', '', '', i from n
"""


def _put(connection: Connection, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    page: list[dict[str, Any]] = []
    for row in rows:
        page.append(row)
        if len(page) == 5_000:
            connection.execute(insert(table), page)
            page = []
    if page:
        connection.execute(insert(table), page)


def _arrived(number: int, tasks: int) -> int:
    return END_MS - DAYS * DAY_MS + number * (DAYS * DAY_MS // tasks)


def _entries(number: int, tasks: int) -> Iterator[dict[str, Any]]:
    at_ms = _arrived(number, tasks)
    yield _entry(f"c{number}", f"t{number}", at_ms, "created", {"to": "to do", "type": "open"})
    for step, (to, kind) in enumerate(
        (("doing", "custom"), ("review", "custom"), ("done", "done"))
    ):
        at_ms += (number * (step + 7) % 40 + 1) * HOUR_MS
        value = {"to": to, "type": kind, "from": "to do"}
        if (number + step) % 5 or kind != "done":
            yield _entry(f"s{number}:{step}", f"t{number}", at_ms, "status", value)


def _reports(tasks: int) -> Iterator[dict[str, Any]]:
    for number in range(DAYS * 20):
        at_ms = END_MS - DAYS * DAY_MS + number * DAY_MS // 20
        state = "failed" if number % 9 == 0 else "succeeded"
        value = {"state": state, "key": f"app-{number}"}
        yield _entry(f"d{number}", f"t{number % tasks}", at_ms, "deployment", value)
        yield _entry(f"p{number}", f"t{number % tasks}", at_ms, "pipeline", value)
        state = "over" if number % 2 else "came"
        value = {"state": state, "symptom": "x", "where": f"{number // 2}", "numbers": {"a": 1.5}}
        yield _entry(f"a{number}", f"t{number // 2 % tasks}", at_ms, "advice", value)


def _entry(key: str, task: str, at_ms: int, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    row = {"key": key, "workspace": WORKSPACE, "task_id": task, "at_ms": at_ms, "kind": kind}
    return row | {"text": f"{kind} {key}", "actor": "argo", "url": "", "value": json.dumps(value)}


def _decisions(number: int, tasks: int) -> Iterator[dict[str, Any]]:
    for step in range(3):
        body = {
            "workload": WORKLOADS[number % len(WORKLOADS)],
            "tier": "breach" if (number + step) % 9 == 0 else "normal",
            "reasons": ["The task is of the workload, and its objective is near."],
            "evidence": ["List Inference"],
        }
        yield {
            "task_id": f"t{number}",
            "event_key": f"e{number}:{step}",
            "decided_ms": _arrived(number, tasks) + step * HOUR_MS,
            "body": json.dumps(body).encode(),
        }


def _task(number: int, tasks: int) -> dict[str, Any]:
    at_ms = _arrived(number, tasks)
    raw = {
        "id": f"t{number}",
        "name": f"Serve model {number}",
        "url": f"https://app.clickup.com/t/t{number}",
        "text_content": "What is to be done, in some words. " * 20,
        "status": {"status": "to do", "type": "open"},
        "assignees": [{"id": 7, "username": "Maria", "email": "maria@example.org"}],
        "date_created": str(at_ms),
    }
    row = {"task_id": f"t{number}", "workspace": WORKSPACE, "list_id": "55", "is_open": True}
    return row | {
        "priority": 3,
        "updated_ms": at_ms,
        "fetched_ms": at_ms,
        "seen": 0,
        "raw": json.dumps(raw).encode(),
    }


def _incidents() -> Iterator[dict[str, Any]]:
    for number in range(DAYS * 2):
        opened = END_MS - DAYS * DAY_MS + number * DAY_MS // 2
        row = {"id": f"i{number}", "workspace": WORKSPACE, "task_id": f"t{number}", "room": ""}
        closed = opened + (number % 9 + 1) * HOUR_MS
        yield row | {"title": "p99", "opened_ms": opened, "closed_ms": closed, "lead": "Maria"}


def _runs(tasks: int) -> Iterator[dict[str, Any]]:
    for number in range(tasks * 3):
        at_ms = END_MS - DAYS * DAY_MS + number * (DAYS * DAY_MS // (tasks * 3))
        row = {"key": f"r{number}", "automation": f"automation_{number % 20}", "task_id": "t"}
        row |= {"event_key": f"e{number}", "event_kind": "taskUpdated", "actions": "[]"}
        result = "failed" if number % 50 == 0 else "done"
        yield row | {"first_ms": at_ms, "last_ms": at_ms, "count": 1, "result": result}


def _series() -> Iterator[dict[str, Any]]:
    row: dict[str, Any] = {"workspace": WORKSPACE, "last_ms": END_MS, "unit": "ms"}
    for model in range(MODELS):
        about = {"source": "vllm", "labels": f"model=m{model}", "task_id": f"t{model}"}
        for number in range(FIELDS):
            yield row | about | {"measure": f"m{number}", "field": f"Field {number}"}
    for port in range(PORTS):
        about = {"source": "rdma", "labels": f"port={port}", "task_id": "", "field": ""}
        for number in range(MEASURES):
            measure = "ecn_marked_pct" if number == 0 else f"measure_{number}"
            yield row | about | {"measure": measure}


def _points(series_id: int, step_ms: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    begin = END_MS - DAYS * DAY_MS
    for at_ms in range(begin - begin % step_ms, END_MS, step_ms):
        value = series_id + chance.random()
        row = {"series_id": series_id, "step_ms": step_ms, "at_ms": at_ms, "count": 60}
        yield row | {"mean": value, "low": value - 1, "high": value + 1}


def measure(url: str, tasks: int) -> dict[str, tuple[float, int, int]]:
    """Seconds of processor time, selects and bytes of each report and of each format."""
    from clickup_mlops.operations.reports.building import formats
    from clickup_mlops.report import build, period
    from clickup_mlops.store import Store

    found = {}
    with _empty(url) as address, Store.open(address, wait_s=600) as store:
        fill(store, tasks)
        with _counted(store) as selects:
            for every in KINDS:
                about = period.last(every, END_MS, ZONE)  # type: ignore[arg-type]
                data = build.data_of(store, WORKSPACE, about)
                before = len(selects)
                seconds, report = _timed(lambda data=data: build.build(data))
                found[f"build {every}"] = seconds, len(selects) - before, 0
        for form, render in formats().items():
            seconds, made = _timed(lambda render=render, report=report: render(report))
            found[f"monthly as {form}"] = seconds, 0, len(made)
    return found


def _timed(run: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    made = run()
    return time.process_time() - start, made


@contextmanager
def _counted(store: "Store") -> Iterator[list[str]]:
    """The selects that are made."""
    made: list[str] = []
    rows = store.database.rows

    def counted(select: Any, **values: object) -> Any:
        made.append(str(select))
        return rows(select, **values)

    store.database.rows = counted  # type: ignore[method-assign]
    yield made
    del store.database.rows


@contextmanager
def _empty(url: str) -> Iterator[str]:
    if not url:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bot.db"
        return
    schema, admin = f"report_{secrets.token_hex(4)}", create_engine(url)
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
    """Measure both stores and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--url", default="", help="SQLAlchemy URL of a PostgreSQL database")
    chosen = parser.parse_args(argv)
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    few = measure(chosen.url, max(1, chosen.tasks // 10))
    many = measure(chosen.url, chosen.tasks)
    print(f"{'':22} {chosen.tasks // 10:>8,} tasks {chosen.tasks:>10,} tasks  selects    bytes")
    for name, (seconds, selects, size) in many.items():
        print(f"{name:22} {few[name][0]:12.2f} s {seconds:14.2f} s {selects:8} {size:8,}")


if __name__ == "__main__":
    main()
