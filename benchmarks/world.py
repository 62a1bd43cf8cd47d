"""The world that pages and reports are measured in, written into an empty database.

Per size as many finished tasks as open ones, models with their fields, ports and GPUs, and days of
everything that the bot keeps. Two worlds of the same size are equal. Not a program.
"""

import secrets
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import orjson
from pydantic import SecretStr
from sqlalchemy import Connection, create_engine, insert, make_url, text

from clickup_mlops.bot.app import Bot, build
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.settings import ClickUpSettings
from clickup_mlops.features.corrections.tables.corrections import correction
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.features.incidents.tables.incidents import incident, incident_task
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.routing.decision import Decision, Workload
from clickup_mlops.series.history import ROLLED
from clickup_mlops.store import Store
from clickup_mlops.store.audit.log import audit
from clickup_mlops.store.settings import StoreSettings
from clickup_mlops.store.tables.decisions import decision
from clickup_mlops.store.tables.history import FIVE_MINUTES, HOUR, RAW, series
from clickup_mlops.store.tables.inbox import inbox
from clickup_mlops.store.tables.mirror import mirror
from clickup_mlops.store.tables.mutes import mute
from clickup_mlops.store.tables.notes import LATCH, WAITS, note
from clickup_mlops.store.tables.overrides import override
from clickup_mlops.store.tables.runs import automation_run
from clickup_mlops.store.tables.timeline import timeline

DAY = 24 * HOUR
NOW = 20_600 * DAY
WORKSPACE, ZONE = "900", "Europe/Madrid"
LISTS, MILESTONES, PORTS, GPUS = 40, 20, 128, 128
FIELDS = {
    "P50 latency ms": ("latency_p50_ms", "ms"),
    "P99 latency ms": ("latency_p99_ms", "ms"),
    "Error rate %": ("error_pct", "%"),
    "Requests per s": ("requests_per_s", "1/s"),
    "Waiting requests": ("waiting_requests", "requests"),
}
OF_PORTS = ("link_utilisation_pct", "ecn_marked_pct", "cnp_sent_per_s", "retransmission_ppm")
OF_GPUS = ("tensor_active_pct", "gpu_utilisation_pct", "gpu_memory_pct")
INFERENCE: tuple[Workload, ...] = ("inference", "inference", "training", "data", "infra")
REPORTS_A_DAY = 20
"""Of each tool; so are parts of the advice."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is: open tasks, and as many finished ones; models; days."""

    tasks: int
    models: int
    days: int

    def __str__(self) -> str:
        return f"{self.tasks:,} + {self.tasks:,} tasks, {self.models} models, {self.days} days"


def sizes(tasks: int) -> tuple[Size, Size, Size]:
    """A tenth of everything; all of it with a tenth of the days; all."""
    return Size(tasks // 10, 20, 9), Size(tasks, 200, 9), Size(tasks, 200, 90)


@contextmanager
def empty(url: str) -> Iterator[str]:
    """The address of an empty database: a schema of its own there, or a file that is removed."""
    if not url:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bot.db"
        return
    schema, admin = f"benchmark_{secrets.token_hex(4)}", create_engine(url)
    with admin.begin() as connection:
        connection.execute(text(f"create schema {schema}"))
    try:
        address = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
        yield address.render_as_string(hide_password=False)
    finally:
        with admin.begin() as connection:
            connection.execute(text(f"drop schema {schema} cascade"))
        admin.dispose()


@contextmanager
def bot(url: str) -> Iterator[Bot]:
    """One with a dashboard that asks nobody, at the time `NOW`."""
    sources = {name: {"kind": "vllm", "url": "http://127.0.0.1:9"} for name in ("vllm", "fabric")}
    settings = Settings.model_construct(
        clickup=ClickUpSettings(
            token=SecretStr("pk_1"), base_url="http://127.0.0.1:9", workspace_id=WORKSPACE
        ),
        store=StoreSettings(url=SecretStr(url)),
        metrics=MetricsSettings(sources=sources),  # type: ignore[arg-type]
        dashboard=DashboardSettings(enabled=True),
    )
    with build(settings, clock=lambda: NOW) as result:
        yield result


def fill(store: Store, size: Size) -> None:
    """All of it."""
    with store.engine.begin() as connection:
        _tasks(connection, size)
        _bot(connection, size)
        _put(connection, timeline, _reports(size))
        _put(connection, series, _series(size))
        _points(connection, size)
    store.cursors.set(ROLLED, str(NOW))
    if not store.database.is_sqlite:  # PostgreSQL does it by itself; nobody does it for SQLite
        with store.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.execute(text("vacuum analyze"))


def _put(connection: Connection, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    page: list[dict[str, Any]] = []
    for row in rows:
        page.append(row)
        if len(page) == 5_000:
            connection.execute(insert(table), page)
            page = []
    if page:
        connection.execute(insert(table), page)


# -- tasks: `t1` is open, `f1` is finished


def _tasks(connection: Connection, size: Size) -> None:
    names = [(kind, number) for kind in "tf" for number in range(size.tasks)]
    _put(connection, mirror, (_task(*name, size) for name in names))
    _put(connection, mirror, map(_milestone, range(MILESTONES)))
    _put(connection, timeline, (row for name in names for row in _entries(*name, size)))
    _put(connection, decision, (row for name in names for row in _decisions(*name, size)))


def _created(number: int, size: Size) -> int:
    return NOW - size.days * DAY + number * (size.days * DAY // size.tasks)


def _workload(number: int) -> Workload:
    return INFERENCE[number % len(INFERENCE)]


def _task(kind: str, number: int, size: Size) -> dict[str, Any]:
    """Of about 5 KB."""
    at_ms, is_open = _created(number, size), kind == "t"
    status = ("to do", "open") if number % 4 == 0 else ("in progress", "custom")
    name, of_type = status if is_open else ("done", "done")
    raw = {
        "id": f"{kind}{number}",
        "custom_item_id": 0,
        "name": f"Roll out the ranker, part {number}",
        "text_content": "Latency is above what was agreed; see the graphs. " * 40,
        "url": f"https://app.clickup.com/t/{kind}{number}",
        "status": {"status": name, "type": of_type},
        "priority": {"id": f"{number % 4 + 1}"},
        "date_created": f"{at_ms}",
        "date_updated": f"{NOW - number}",
        "assignees": [{"id": 7, "username": "Ana", "email": "ana@example.org"}],
        "list": {"id": f"{number % LISTS}", "name": f"List {number % LISTS}"},
        "parent": f"m{number % MILESTONES}" if number < 500 else None,
        "space": {"id": "1"},
        "custom_fields": _CUSTOM_FIELDS,
    }
    return _row(raw)


_CUSTOM_FIELDS = [
    {"id": "o", "name": "SLO latency ms", "type": "number", "value": "50"},
    *({"id": f"f{n}", "name": f"Field {n}", "type": "number", "value": "1"} for n in range(20)),
]


def _milestone(number: int) -> dict[str, Any]:
    raw = {
        "id": f"m{number}",
        "custom_item_id": 1,
        "name": f"Milestone {number}",
        "url": f"https://app.clickup.com/t/m{number}",
        "status": {"status": "to do", "type": "open"},
        "date_created": f"{NOW - 8 * DAY}",
        "date_updated": f"{NOW - 8 * DAY}",
        "due_date": f"{NOW + number * DAY}",
        "list": {"id": "1", "name": "List 1"},
    }
    return _row(raw)


def _row(raw: dict[str, Any]) -> dict[str, Any]:
    created = int(raw["date_created"])
    row = {"task_id": raw["id"], "workspace": WORKSPACE, "list_id": raw["list"]["id"], "seen": 0}
    row |= {"created_ms": created, "updated_ms": int(raw["date_updated"]), "fetched_ms": NOW}
    row |= {"parent_id": raw.get("parent"), "item_type": raw["custom_item_id"]}
    priority = raw.get("priority")
    return row | {
        "is_open": raw["status"]["type"] not in ("done", "closed"),
        "priority": int(priority["id"]) if priority else None,
        "raw": orjson.dumps(raw),
    }


def _entries(kind: str, number: int, size: Size) -> Iterator[dict[str, Any]]:
    """From `to do` on through every status, as far as the task is, some hours each."""
    at_ms, task = _created(number, size), f"{kind}{number}"
    begun = [("doing", "custom"), ("in progress", "custom")]
    steps = [*begun, ("done", "done")] if kind == "f" else begun if number % 4 else []
    place = {"list": str(number % LISTS)}
    yield _entry(f"c{task}", task, at_ms, "created", {"to": "to do", "type": "open", **place})
    for step, (to, of_type) in enumerate(steps):
        at_ms = min(NOW - len(steps) + step, at_ms + (number * (step + 7) % 40 + 1) * HOUR // 2)
        value = {"to": to, "type": of_type, "from": "to do", **place}
        yield _entry(f"s{task}:{step}", task, at_ms, "status", value)


def _entry(key: str, task: str, at_ms: int, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    row = {"key": key, "workspace": WORKSPACE, "task_id": task, "at_ms": at_ms, "kind": kind}
    row |= {"text": f"{kind} {key}", "actor": "argo", "url": "", "value": orjson.dumps(value)}
    is_step = kind in ("created", "status")
    row |= {"state": value["type"] if is_step else "", "list_id": value.get("list", "")}
    return row | {"value": orjson.dumps(value).decode()}


def _decisions(kind: str, number: int, size: Size) -> Iterator[dict[str, Any]]:
    reasons = ("workload inference: classified by its text (1.00)", "policy: inference.normal")
    task, workload = f"{kind}{number}", _workload(number)
    for step in range(3):
        at_ms = min(NOW - 1, _created(number, size) + step * HOUR)
        tier = "breach" if (number + step) % 9 == 0 else "normal"
        created = Decision(task, number % 4 + 1, None, workload, tier, "x", reasons)
        yield {
            "task_id": task,
            "event_key": f"e{task}:{step}",
            "decided_ms": at_ms,
            "body": orjson.dumps(created.to_dict()),
            "workload": workload,
        }


# -- what the bot did, and what tools reported


def _bot(connection: Connection, size: Size) -> None:
    numbers = range(size.tasks)
    _put(connection, automation_run, (row for number in numbers for row in _runs(number, size)))
    _put(connection, audit, (_change(number, size) for number in numbers))
    _put(connection, override, (_override(number) for number in numbers if number % 20 == 0))
    _put(connection, mute, (_mute(number) for number in numbers if number % 20 == 0))
    _put(
        connection,
        correction,
        (_correction(number, size) for number in numbers if number % 20 == 0),
    )
    _put(
        connection, note, (row for number in numbers if number % 10 == 0 for row in _notes(number))
    )
    _put(connection, inbox, (_event(number, size) for number in numbers))
    _put(connection, incident, (_incident(number) for number in range(2 * size.days)))
    _put(connection, incident_task, (_member(number) for number in range(2 * size.days)))
    since = {"scope": "since", "name": "timeline", "value": "true"}
    _put(connection, note, [since | {"at_ms": NOW - size.days * DAY}])


def _runs(number: int, size: Size) -> Iterator[dict[str, Any]]:
    action = {"action": "route", "task_id": f"t{number}", "text": "None -> Normal"}
    actions = orjson.dumps([action | {"state": "done", "why": "", "hint": ""}]).decode()
    for step in range(3):
        at_ms = min(NOW - 1, _created(number, size) + step * HOUR)
        row = {"key": f"r{number}:{step}", "automation": f"automation_{number % 20}"}
        row |= {"task_id": f"t{number}", "event_key": f"e{number}", "event_kind": "taskUpdated"}
        row |= {"result": "failed" if number % 50 == 0 else "done", "actions": actions}
        yield row | {"first_ms": at_ms, "last_ms": at_ms, "count": 1}


def _change(number: int, size: Size) -> dict[str, Any]:
    at_ms, task = _created(number, size), f"t{number}"
    row = {"seq": number + 1, "journal_id": number + 1, "at_ms": at_ms, "begun_ms": at_ms}
    row |= {"task_id": task, "kind": "priority", "before": "null", "after": f"{number % 4 + 1}"}
    row |= {"receipt": "null", "cause": f"k{number}", "chain": "[]", "actor": "", "run": ""}
    row |= {"automation": f"automation_{number % 20}", "outcome": "done", "calls": '["PUT task"]'}
    return row | {"key": "", "prev": "", "hash": ""}


def _override(number: int) -> dict[str, Any]:
    row = {"task_id": f"t{number}", "priority": 1, "user_id": 7, "since_ms": NOW - HOUR}
    row |= {"until_ms": NOW + 9_000 + number, "origin": "change", "created_ms": 0, "set_by": ""}
    return row | {"user_name": "Ana", "because": ""}


def _mute(number: int) -> dict[str, Any]:
    row = {"task_id": f"t{number}", "automation": "inference_first", "set_by": "command"}
    return row | {"until_ms": NOW + 9_000 + number, "user_name": "Ana", "because": ""}


def _correction(number: int, size: Size) -> dict[str, Any]:
    at_ms = _created(number, size)
    row = {"task_id": f"t{number}", "subject": "priority", "decided_ms": at_ms, "at_ms": at_ms}
    row |= {"title": f"Part {number}", "decided": "3", "chosen": "1"}
    return row | {"reason": "policy: inference.normal", "user_name": "Ana"}


def _notes(number: int) -> Iterator[dict[str, Any]]:
    task = f"t{number}"
    waits = orjson.dumps({"for": ["t1"], "as": "other"}).decode()
    yield {"scope": WAITS, "name": task, "value": waits, "at_ms": NOW}
    yield {"scope": LATCH, "name": f"training_deferred:{task}", "value": "true", "at_ms": NOW}


def _event(number: int, size: Size) -> dict[str, Any]:
    """One in a hundred could not be handled."""
    at_ms, is_parked = _created(number, size), number % 100 == 0
    row = {"key": f"k{number}", "source": "webhook", "workspace": WORKSPACE, "kind": "taskUpdated"}
    row |= {"lane": f"t{number}", "list_id": "1", "body": b"{}", "event_ms": at_ms}
    row |= {"received_ms": at_ms, "state": "parked" if is_parked else "done", "attempts": 1}
    return row | {"due_ms": 0, "error": "HTTP 400" if is_parked else "", "done_ms": at_ms}


def _incident(number: int) -> dict[str, Any]:
    opened = NOW - number * DAY // 2 - HOUR
    row = {"id": f"i{number}", "workspace": WORKSPACE, "task_id": f"t{number}", "room": ""}
    row |= {"key": f"t{number}", "details": "{}", "title": "p99", "lead": "Maria"}
    closed = None if number < 5 else opened + (number % 9 + 1) * HOUR
    return row | {"opened_ms": opened, "closed_ms": closed}


def _member(number: int) -> dict[str, Any]:
    entry = _incident(number)
    row = {"incident_id": entry["id"], "task_id": entry["task_id"], "joined_ms": entry["opened_ms"]}
    return row | {"left_ms": entry["closed_ms"]}


def _reports(size: Size) -> Iterator[dict[str, Any]]:
    for number in range(size.days * REPORTS_A_DAY):
        at_ms = NOW - number * DAY // REPORTS_A_DAY - 1
        state = "failed" if number % 9 == 0 else "succeeded"
        value = {"state": state, "key": f"app-{number}"}
        task = f"t{number % size.models}"
        yield _entry(f"d{number}", task, at_ms, "deployment", value)
        yield _entry(f"p{number}", task, at_ms, "pipeline", value)
        state, task = "came" if number % 2 else "over", f"t{number // 2 % size.models}"
        value = {"state": state, "symptom": "x", "where": f"{number // 2}", "numbers": {"a": 1.5}}
        yield _entry(f"a{number}", task, at_ms, "advice", value)


# -- numbers: those of models are fields of their open tasks


def _series(size: Size) -> Iterator[dict[str, Any]]:
    row: dict[str, Any] = {"workspace": WORKSPACE, "last_ms": NOW - 60_000, "last": 60.0}
    for number in range(size.models):
        about = {"source": "vllm", "labels": f"model_name=m{number}", "task_id": f"t{number}"}
        for field, (measure, unit) in FIELDS.items():
            yield row | about | {"measure": measure, "field": field, "unit": unit}
    row |= {"source": "fabric", "task_id": "", "field": "", "unit": "%"}
    for number in range(PORTS * size.models // 200):
        labels = f"device=mlx5_{number % 8}, instance=gpu-{number // 8}, port=1"
        yield from (row | {"measure": of_port, "labels": labels} for of_port in OF_PORTS)
    for number in range(GPUS * size.models // 200):
        labels = f"gpu={number % 8}, hostname=gpu-{number // 8}"
        yield from (row | {"measure": measure, "labels": labels} for measure in OF_GPUS)


def _points(connection: Connection, size: Size) -> None:
    """Hours of all series; of those that pages draw also what is finer and still kept."""
    connection.execute(text("drop index ix_point_step_ms_at_ms"))
    connection.execute(text("create table step (step bigint, every bigint, start bigint)"))
    for step, every, days in ((RAW, 60_000, 2), (FIVE_MINUTES, FIVE_MINUTES, 14), (HOUR, HOUR, 90)):
        values = {"s": step, "e": every, "b": NOW - min(days, size.days) * DAY}
        connection.execute(text("insert into step values (:s, :e, :b)"), values)
    connection.execute(text(_POINTS), {"now": NOW, "hour": HOUR})
    connection.execute(text("drop table step"))
    connection.execute(text("create index ix_point_step_ms_at_ms on point (step_ms, at_ms)"))


_POINTS = """
with recursive number(n) as (select 0 union all select n + 1 from number where n < 4320),
at_all(step, at) as (
  select step, start + n * every from step join number on start + n * every < :now
)
insert into point (series_id, step_ms, at_ms, count, mean, low, high)
select id, step, at, 1, id % 97 + at / 3600000 % 13, 0, 120 from series
join at_all on step = :hour or id % 20 = 1 or task_id in ('t0', 't7', 't15')
order by 1, 2, 3
"""
