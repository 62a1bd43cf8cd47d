"""What does looking at the bot cost? `python benchmarks/scrape.py`

A SQLite store with EVENTS events that are done and READY that wait. Medians of RUNS, CPU in ms: a
scrape of `/metrics`, an answer of `/readyz`. Baseline: counting the inbox by state, as a naive
exporter would. And a backup of that store, with its size.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from prometheus_client import generate_latest

from clickup_mlops import telemetry
from clickup_mlops.bot import stats
from clickup_mlops.interfaces.web import health
from clickup_mlops.store import Incoming, Keyring, Store
from clickup_mlops.store.backup import save

EVENTS, READY, RUNS = 200_000, 500, 30
NOW_MS = 2_000_000


def fill(store: Store) -> None:
    """Events of 200 lanes; all but the last READY are done."""
    body = b'{"event": "taskUpdated", "history_items": [{"id": "1"}], "task_id": "86d3f01jq"}'
    store.inbox.put_many(
        [
            Incoming(
                f"w:{n}",
                "hook:w",
                "900",
                "taskUpdated",
                f"t{n % 200}",
                "55",
                body,
                n,
                1_000_000 + n,
            )
            for n in range(EVENTS + READY)
        ]
    )
    store.database.write(
        lambda connection: connection.exec_driver_sql(
            f"update inbox set state = 'done', done_ms = 1 where id <= {EVENTS}"
        )
    )


def cpu_ms(part: Callable[[], object]) -> float:
    """The median of RUNS."""
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        part()
        times.append((time.process_time() - began) * 1000)
    return statistics.median(times)


def main() -> None:
    """Fill, measure in turns, print."""
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{folder}/bot.db") as store:
        fill(store)
        for lane in range(50):
            telemetry.record_call("GET", f"/api/v2/{lane}", 200, 0.1)
        patient = SimpleNamespace(
            store=store,
            now_ms=lambda: NOW_MS,
            stopped=list,
            warnings=list,
            stalled=str,
            secrets=lambda _id: (),
            measure=lambda: None,
        )

        def scrape() -> bytes:
            stats.measure(store, NOW_MS)
            return generate_latest(telemetry.REGISTRY)

        print(f"{'counting by state (baseline)':32} {cpu_ms(lambda: store.inbox.depth(1)):7.2f} ms")
        print(f"{'/metrics':32} {cpu_ms(scrape):7.2f} ms, {len(scrape()):,} bytes")
        print(f"{'/readyz':32} {cpu_ms(lambda: health.examine(patient)):7.2f} ms")
        began, file = time.process_time(), Path(folder) / "backup.db"
        save(store, file, Keyring())
        size = file.stat().st_size / 2**20
        print(f"{'backup':32} {(time.process_time() - began) * 1000:7.0f} ms, {size:.0f} MiB")


if __name__ == "__main__":
    main()
