"""The rate governor: `python benchmarks/governor.py [--json] [--quick]`.

1. What it costs: CPU and wall time of a permit in the uncontended case, by plan and ledger.
   Baseline in the same run: the same loop with no governor.
2. Three processes x 100 calls against a sandbox that allows 100 a minute (about two minutes).
   The least that is possible is two whole windows, 120 s.
3. A bulk run of three processes that wants 10,000 calls, and a person who calls now and then
   (about two minutes).

`--quick` leaves out 2 and 3.
"""

import argparse
import json
import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from clickup_mlops.clickup.client import ClickUp, PriorityClass
from clickup_mlops.clickup.governor import Governor, Ledger, MemoryLedger
from clickup_mlops.sandbox import Sandbox, running
from clickup_mlops.store import BudgetLedger, Store

PERMITS = 5_000
PERSON_EVERY_S = 3.7
BULK_FOR_S = 125


def cost(case: str, loop: Callable[[int], None], permits: int) -> dict[str, Any]:
    """Microseconds for one turn of the loop."""
    wall, cpu = time.perf_counter(), time.process_time()
    loop(permits)
    cpu_us = (time.process_time() - cpu) / permits * 1e6
    wall_us = (time.perf_counter() - wall) / permits * 1e6
    return {"case": case, "permits": permits, "wall_us": wall_us, "cpu_us": cpu_us}


def permits(ledger: Ledger, limit: int) -> Callable[[int], None]:
    """A loop that takes a permit and shows the answer's headers, as the transport does."""
    governor = Governor(ledger, f"pk_{limit}_{id(ledger)}")

    def loop(count: int) -> None:
        reset = str(int(time.time()) + 60)
        for number in range(count):
            governor.acquire(PriorityClass.ROUTING)
            remaining = str(max(1, limit - number - 1))
            headers = {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": remaining}
            governor.learn({**headers, "X-RateLimit-Reset": reset}, 200)

    return loop


def nothing(count: int) -> None:
    """The loop without a governor."""
    for number in range(count):
        {"X-RateLimit-Limit": "1", "X-RateLimit-Remaining": str(number)}.get("X")


def costs(store: Store) -> list[dict[str, Any]]:
    """What a permit costs."""
    ledger = BudgetLedger(store.database)
    return [
        cost("no governor (baseline)", nothing, PERMITS),
        cost("10,000/min, memory", permits(MemoryLedger(), 10_000), PERMITS),
        cost("10,000/min, SQLite file", permits(ledger, 10_000), PERMITS),
        cost("100/min, SQLite file", permits(ledger, 100), 80),
    ]


def client(sandbox_url: str, token: str, store: Store, priority_class: PriorityClass) -> ClickUp:
    """A client paced by the store's ledger."""
    governor = Governor(BudgetLedger(store.database), token)
    return ClickUp(token, base_url=sandbox_url, governor=governor, priority_class=priority_class)


def calls(url: str, token: str, store_url: str, count: int, priority_class: PriorityClass) -> None:
    """A process of its own: four threads that make `count` calls together."""
    with Store(store_url) as store:
        clickup = client(url, token, store, priority_class)

        def work() -> None:
            for _ in range(count // 4):
                clickup.authorization.user()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def start(sandbox: Sandbox, store_url: str, count: int, priority_class: PriorityClass) -> list[Any]:
    """Three processes that make `count` calls each."""
    spawn = multiprocessing.get_context("spawn")
    arguments = (sandbox.url, sandbox.token, store_url, count, priority_class)
    processes = [spawn.Process(target=calls, args=arguments, daemon=True) for _ in range(3)]
    for process in processes:
        process.start()
    return processes


def shared(store_url: str) -> dict[str, Any]:
    """Three processes x 100 calls."""
    with running(rate_limit=100) as sandbox:
        started = time.monotonic()
        for process in start(sandbox, store_url, 100, PriorityClass.INTERACTIVE):
            process.join()
        stats = sandbox.control.stats
        times_ms = [at_ms for at_ms, *_ in stats.recent]
        return {
            "case": "3 processes x 100 calls at 100/min",
            "first_to_last_call_s": (max(times_ms) - min(times_ms)) / 1000,
            "with_starting_python_s": time.monotonic() - started,
            "answered": stats.calls(status=200),
            "refused_429": stats.calls(status=429),
        }


def mixed(store_url: str) -> dict[str, Any]:
    """A person during a bulk run."""
    with running(rate_limit=100) as sandbox, Store(store_url) as store:
        processes = start(sandbox, store_url, 3_400, PriorityClass.BULK)
        person = client(sandbox.url, sandbox.token, store, PriorityClass.INTERACTIVE)
        while not sandbox.control.stats.total:
            time.sleep(0.05)
        waits = waiting(person, BULK_FOR_S)
        for process in processes:
            process.kill()
        stats = sandbox.control.stats
        return {
            "case": "a person during a bulk run of 10,000 calls at 100/min",
            "person_calls": len(waits),
            "person_p50_s": statistics.median(waits),
            "person_max_s": max(waits),
            "bulk_calls": stats.calls(status=200) - len(waits),
            "refused_429": stats.calls(status=429),
        }


def waiting(person: ClickUp, for_s: float) -> list[float]:
    """How long each of the person's calls took, permit and answer."""
    waits: list[float] = []
    until = time.monotonic() + for_s
    while time.monotonic() < until:
        started = time.monotonic()
        person.authorization.user()
        waits.append(time.monotonic() - started)
        time.sleep(PERSON_EVERY_S)
    return waits


def show(figures: dict[str, Any], as_json: bool) -> None:
    """One line for each case."""
    if as_json:
        print(json.dumps(figures), flush=True)
        return
    values = (f"{k} {v:.3g}" if isinstance(v, float) else f"{k} {v}" for k, v in figures.items())
    print("  ".join(values), flush=True)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the cases and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line for each case")
    parser.add_argument("--quick", action="store_true", help="only what a permit costs")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bot.db"
        with Store.open(url) as store:
            for figures in costs(store):
                show(figures, options.json)
        for long in () if options.quick else (shared, mixed):
            show(long(url), options.json)


if __name__ == "__main__":
    main()
