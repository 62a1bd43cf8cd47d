"""A new incident behind a backlog: `python benchmarks/backlog.py [--events N]`.

The whole bot runs as `clickup-mlops serve`, in a process of its own, beside the sandbox. First it
decides about some inference tasks of a List. Then its inbox gets N events, by the inbox's own
insert, as a deleted List leaves them: each in a lane of its own. While it handles them, members
create tasks of incidents in the first List; the latency is the time between two entries in the
sandbox's log: task created, priority written. The speed of the backlog is how many of its events
are done in a second: first alone (baseline), then with these tasks.

`--postgres URL`: SQLAlchemy's, of an empty database. `--engine celery --broker URL` or `--engine
procrastinate`, with PostgreSQL: lanes go through a broker. `--rank fresh`: the backlog came this
minute and could be anything, so that only the estimate puts the incidents first.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from events import bot, create, lists, schema, written
from family import ROOT
from sqlalchemy import func, select

sys.path.insert(0, str(ROOT))

from clickup_mlops.sandbox import Sandbox, running
from clickup_mlops.store import DONE, Incoming, Store
from clickup_mlops.store.ranks import Urgency, compute_rank
from clickup_mlops.store.tables.inbox import in_state, inbox
from tests.ports import reserve_port

INCIDENT = "Incident: the inference endpoint of the ranker answers 503"
INFERENCE = "Roll out the vLLM inference endpoint for the ranker"
KNOWN = 10
SECONDS = 15
PER_S = 5
"""Incidents."""
_BATCH = 5_000


@dataclass(frozen=True)
class Figures:
    """Latencies in ms, speeds in events a second."""

    waiting: int
    alone_per_s: float
    beside_per_s: float
    p50_ms: float
    p99_ms: float
    tasks: int


def deletions(count: int, workspace: str, urgency: Urgency) -> Iterator[Incoming]:
    """Tasks that the bot does not know were deleted."""
    age_ms = 0 if urgency is Urgency.FRESH else 600_000
    at_ms = time.time_ns() // 1_000_000 - age_ms
    for number in range(count):
        task = f"gone{number}"
        body = f'{{"event": "taskDeleted", "task_id": "{task}", "webhook_id": "w"}}'
        yield Incoming(
            key=f"backlog:{number}",
            source="hook:w",
            workspace=workspace,
            kind="taskDeleted",
            lane=task,
            list_id=None,
            body=body.encode(),
            event_ms=at_ms,
            received_ms=at_ms,
            rank=compute_rank(urgency),
        )


def fill(store: Store, events: Sequence[Incoming]) -> None:
    """Store them, as the receiver does."""
    for start in range(0, len(events), _BATCH):
        store.inbox.put_many(events[start : start + _BATCH])


def count_done(store: Store) -> int:
    """How many events of the backlog are done."""
    with store.database.reading() as connection:
        statement = select(func.count()).where(in_state(DONE), inbox.c.kind == "taskDeleted")
        return int(connection.execute(statement).scalar() or 0)


def measure(count: int, urgency: Urgency, **settings: str) -> Figures:
    """Fill the inbox and create the tasks."""
    port = reserve_port()
    settings |= {
        "SERVER__PORT": str(port),
        "HOOKS__PUBLIC_URL": f"http://127.0.0.1:{port}/hooks/clickup",
    }
    with running(rate_limit=0, delivery_workers=16) as sandbox:
        places = lists(sandbox, 1)
        with bot(sandbox, **settings):
            written(sandbox, create(sandbox, places, KNOWN, 5, names=[INFERENCE]), 60)
            sandbox.control.deliveries.wait_idle()
        with Store.open(settings["STORE__URL"]) as store:
            workspace = store.inbox.list(None, 1)[0].workspace
            fill(store, [*deletions(count, workspace, urgency)])
            with bot(sandbox, **settings):
                return _measure(sandbox, store, places, count)


def _measure(sandbox: Sandbox, store: Store, places: Sequence[str], count: int) -> Figures:
    before = count_done(store)
    start = time.monotonic()
    time.sleep(SECONDS)
    between, middle = count_done(store), time.monotonic()
    tasks = create(sandbox, places, SECONDS * PER_S, PER_S, names=[INCIDENT])
    after, end = count_done(store), time.monotonic()
    outcome = written(sandbox, tasks, 60)
    born = {w.task_id: w.at_ms for w in sandbox.control.writes(field="task_creation")}
    waits = sorted(outcome[task] - born[task] for task in tasks if task in outcome)
    return Figures(
        waiting=count - after,
        alone_per_s=(between - before) / (middle - start),
        beside_per_s=(after - between) / (end - middle),
        p50_ms=statistics.median(waits),
        p99_ms=waits[int(len(waits) * 0.99)],
        tasks=len(waits),
    )


@contextmanager
def database(postgres: str | None) -> Iterator[str]:
    """The address of an empty one."""
    if postgres:
        with schema(postgres) as url:
            yield url
        return
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/bot.db"


def main() -> None:
    """Run one case and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--postgres", metavar="URL")
    parser.add_argument("--engine", default="threads")
    parser.add_argument("--broker", default="redis://127.0.0.1:6379/0")
    parser.add_argument(
        "--rank", choices=[urgency.name.lower() for urgency in Urgency], default="late"
    )
    chosen = parser.parse_args()
    with database(chosen.postgres) as url:
        figures = measure(
            chosen.events,
            Urgency[chosen.rank.upper()],
            STORE__URL=url,
            ENGINE__KIND=chosen.engine,
            ENGINE__BROKER_URL=chosen.broker,
        )
    print(
        f"{chosen.engine}, {chosen.events:,} {chosen.rank} events, {figures.waiting:,} left at the"
        f" end; done a second: {figures.alone_per_s:.0f} alone, {figures.beside_per_s:.0f} beside"
        f" {figures.tasks} incidents; an incident's priority after p50 {figures.p50_ms:.0f} ms,"
        f" p99 {figures.p99_ms:.0f} ms"
    )


if __name__ == "__main__":
    main()
