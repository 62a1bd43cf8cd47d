"""A store in which something of everything has happened in two weeks."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from clickup_mlops.features.corrections.tables.corrections import Correction, CorrectionLog
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.ports.sections import period
from clickup_mlops.ports.sections.model import Period
from clickup_mlops.store import Store, Write
from clickup_mlops.store.tables.history import FIVE_MINUTES, HOUR, Series
from clickup_mlops.store.tables.runs import AutomationRun, RunAction
from clickup_mlops.store.tables.timeline import Entry

WORKSPACE = "900"
ZONE = "Europe/Madrid"
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
EVIL = "<script>alert(1)</script> | `rm` *p99* [x](javascript:alert(1)) \u202e\x07"
"""What somebody may call a task, a model or a label."""


def week() -> Period:
    """The week that is reported."""
    return period.named("weekly", "2026-W48", ZONE)


def fill(store: Store, tasks: int = 40, *, shuffle: int | None = None) -> None:
    """Everything; `shuffle`: in another order."""
    steps: list[Callable[[], object]] = [*_steps(store, week().start_ms - 7 * DAY_MS, tasks)]
    if shuffle is not None:
        random.Random(shuffle).shuffle(steps)
    for step in steps:
        step()
    store.flush()
    _roll_up(store)


def _roll_up(store: Store) -> None:
    start, end = week().start_ms - 8 * DAY_MS, week().end_ms + DAY_MS
    start, end = start - start % HOUR, end - end % HOUR
    store.history.rollup(FIVE_MINUTES, start, end)
    store.history.rollup(HOUR, start, end)


def _steps(store: Store, since_ms: int, tasks: int) -> Iterator[Callable[[], object]]:
    entries = [entry for number in range(tasks) for entry in _entries(since_ms, number)]
    entries += [*_reports(since_ms), *_advice(since_ms)]
    yield from (lambda one=entry: store.timeline.put([one]) for entry in entries)
    for number in range(tasks):
        at_ms = _arrived(since_ms, number)
        yield lambda n=number, at=at_ms: store.mirror.put_many(WORKSPACE, [raw(n, at)], at)
        yield lambda n=number, at=at_ms: store.decisions.put(f"t{n}", _decision(n), f"e{n}", at)
    yield from (
        lambda row=incident: store.table(Incidents).put(row) for incident in _incidents(since_ms)
    )
    yield from (
        lambda one=correction: store.table(CorrectionLog).put(one)
        for correction in _corrections(since_ms)
    )
    yield from (lambda one=run: store.runs.put(one) for run in _runs(since_ms))
    yield from (lambda n=n: _write(store, since_ms, n) for n in range(30))
    for readings in _readings(since_ms):
        yield lambda value=readings: store.history.put(value)


def _arrived(since_ms: int, number: int) -> int:
    return since_ms + (number * 7_919 * 60_000) % (14 * DAY_MS)


def raw(number: int, at_ms: int) -> dict[str, Any]:
    """A task as ClickUp sends it."""
    return {
        "id": f"t{number}",
        "name": EVIL if number == 0 else f"Serve model {number}",
        "url": f"https://app.clickup.com/t/t{number}",
        "status": {"status": "to do", "type": "open"},
        "assignees": [{"id": 7, "username": "Maria", "email": "maria@example.org"}],
        "list": {"id": "55"},
        "custom_fields": [
            {"id": "slo", "name": "SLO latency ms", "type": "number", "value": 8 + number}
        ],
        "date_created": str(at_ms),
        "date_updated": str(at_ms),
    }


def _decision(number: int) -> dict[str, Any]:
    workload = "training" if number % 3 == 0 else "inference"
    return {"workload": workload, "tier": "breach" if number % 5 == 1 else "normal", "priority": 2}


def _entries(since_ms: int, number: int) -> Iterator[Entry]:
    at_ms, task = _arrived(since_ms, number), f"t{number}"
    yield _entry(f"c{number}", task, at_ms, "created", {"to": "to do", "type": "open"})
    if number % 4:
        at_ms += (number % 9 + 1) * HOUR_MS
        yield _entry(f"b{number}", task, at_ms, "status", {"to": "doing", "type": "custom"})
    if number % 4 > 1:
        at_ms += (number % 7 + 2) * HOUR_MS
        yield _entry(f"d{number}", task, at_ms, "status", {"to": "done", "type": "done"})


def _reports(since_ms: int) -> Iterator[Entry]:
    for number in range(28):
        at_ms = since_ms + number * 12 * HOUR_MS
        state = "failed" if number % 6 == 5 else "succeeded"
        value = {"state": state, "key": f"app-{number}", "type": f"deployment.{state}"}
        text = EVIL if number == 20 else f"Deploy llama-{number}"
        yield _entry(f"r{number}", "", at_ms, "deployment", value, text)
        value = {"state": state, "key": f"run-{number}", "type": state}
        yield _entry(f"p{number}", "t3", at_ms, "pipeline", value, f"Train run {number}")
        yield _entry(f"p{number}:t6", "t6", at_ms, "pipeline", value, f"Train run {number}")


def _advice(since_ms: int) -> Iterator[Entry]:
    for number in range(6):
        at_ms = since_ms + 5 * DAY_MS + number * DAY_MS
        value = {"symptom": "congestion", "where": f"host=h{number}", "numbers": {"ecn": 4.2}}
        yield _entry(f"a{number}", "t1", at_ms, "advice", {**value, "state": "came"}, "Congestion")
        if number % 2:
            over = {**value, "state": "over", "numbers": {"ecn": 0.3}}
            yield _entry(
                f"o{number}", "t1", at_ms + 9 * HOUR_MS, "advice", over, "Over: Congestion"
            )


def _entry(
    key: str, task: str, at_ms: int, kind: Any, value: dict[str, Any], text: str = ""
) -> Entry:
    return Entry(key, WORKSPACE, task, at_ms, kind, text or kind, actor="argo", value=value)


def _incidents(since_ms: int) -> Iterator[Incident]:
    for number in range(12):
        opened = since_ms + number * 28 * HOUR_MS
        closed = None if number == 11 else opened + (number + 1) * 1_200_000
        title = EVIL if number == 9 else f"p99 over SLO {number}"
        yield Incident(f"i{number}", WORKSPACE, f"t{number}", title, opened, closed, "Maria")


def _corrections(since_ms: int) -> Iterator[Correction]:
    for number in range(9):
        at_ms = since_ms + number * 36 * HOUR_MS
        yield Correction(
            f"t{number}", "priority", at_ms - 1, at_ms, f"Task {number}", 3, 2, "because", "Maria"
        )


def _runs(since_ms: int) -> Iterator[AutomationRun]:
    for number in range(60):
        at_ms = since_ms + number * 5 * HOUR_MS
        result: Any = "failed" if number % 11 == 10 else "done"
        actions = (RunAction("comment", f"t{number}", "text", result),)
        yield AutomationRun(
            f"automation_{number % 3}", f"t{number}", f"e{number}", "x", at_ms, result, actions
        )


def _write(store: Store, since_ms: int, number: int) -> None:
    at_ms = since_ms + number * 11 * HOUR_MS
    write = Write(f"t{number}", "priority", 3, 2, f"e{number}", f"automation_{number % 3}")
    row = store.journal.begin(write, at_ms)
    store.journal.finish(row, "done", at_ms + 5, calls=["PUT /task/x"] * (1 + number % 2))


def _readings(since_ms: int) -> Iterator[Sequence[tuple[Series, int, float]]]:
    for place, series in enumerate(series_of()):
        chance = random.Random(place)
        yield [
            (series, since_ms + hour * HOUR_MS + 60_000, 10 * place + hour / 24 + chance.random())
            for hour in range(14 * 24)
        ]


def series_of() -> Iterator[Series]:
    """Of ports, and of a field of two tasks."""
    for host in range(3):
        labels = f"device=mlx5_{host}, port=1"
        yield Series(WORKSPACE, f"rdma-{host}", "ecn_marked_pct", labels, "", "", "%")
        yield Series(WORKSPACE, f"rdma-{host}", "rail_balance", "", "", "", "index")
    for number in (0, 1):
        labels = f"model=m{number}"
        yield Series(
            WORKSPACE, "vllm", "latency_p99_ms", labels, f"t{number}", "P99 latency ms", "ms"
        )


def later(store: Store) -> None:
    """What happens to the same tasks after the week."""
    at_ms = week().end_ms
    for number in range(40):
        task = f"t{number}"
        value = {"to": "closed", "type": "closed"}
        store.timeline.put([_entry(f"later{number}", task, at_ms + number, "status", value)])
        store.decisions.put(task, {"workload": "data", "tier": "breach"}, "later", at_ms + number)
    store.table(Incidents).put(Incident("later", WORKSPACE, "t1", "Later", at_ms))
    store.table(Incidents).close("i11", at_ms + 1)
    for run in _runs(at_ms):
        store.runs.put(run)
    for correction in _corrections(at_ms + 2):
        store.table(CorrectionLog).put(correction)
    store.flush()
    _write(store, at_ms, 1)
