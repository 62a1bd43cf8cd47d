"""What do metrics cost? `python benchmarks/metrics.py`

CPU of reading a page of about 1 MB in the Prometheus text format (baseline: the whole page by the
same library), of placing and planning SERIES series on as many tasks, and how many values are
written in an hour of noisy numbers, against a write in each pass at the same greatest error.
"""

import random
import time
from collections.abc import Callable

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.placement.placing import place
from clickup_mlops.features.metrics.placement.planning import Key, Last, plan
from clickup_mlops.features.metrics.read.exposition import parse, prefixes
from clickup_mlops.features.metrics.scrape import Reading, labels

SERIES, PASSES, RUNS = 10_000, 60, 5
FIELD = "P99 latency ms"


def page() -> str:
    """A server with many series of which a tenth is wanted."""
    lines = []
    for n in range(12_000):
        name = "vllm:num_requests_running" if n % 10 == 0 else f"other:metric_{n % 40}"
        lines.append(f'{name}{{engine="{n}",model_name="meta-llama/Llama-3.1-8B-Instruct"}} {n}.0')
    return "\n".join(lines)


def cpu_ms(part: Callable[[], object]) -> float:
    """The best of RUNS."""
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        part()
        times.append((time.process_time() - began) * 1000)
    return min(times)


def parse_whole(text: str) -> None:
    """Every series of the page."""
    from prometheus_client.parser import text_string_to_metric_families

    for family in text_string_to_metric_families(text):
        list(family.samples)


def task(n: int, value: float | None = None) -> Task:
    """One that a series names."""
    field: dict[str, object] = {"id": "f", "name": FIELD, "type": "number"}
    if value is not None:
        field["value"] = repr(value)
    return Task.parse({"id": f"t{n}", "name": f"model-{n}", "custom_fields": [field]})


def readings(value: Callable[[int], float]) -> list[Reading]:
    """One of each series."""
    return [
        Reading("latency_p99_ms", "ms", value(n), 0, labels(model=f"model-{n}"))
        for n in range(SERIES)
    ]


def tick(tasks: list[Task], values: list[Reading]) -> int:
    """One pass without the writes; how many there would be."""
    placed = place([Binding(FIELD, "llm", "latency_p99_ms")], {"llm": values}, tasks).values
    return len(plan(placed.values(), {}, 0, lambda _task, _field: None))


def an_hour(least: float) -> tuple[int, float]:
    """Writes for one field in PASSES passes of a noisy number, and the greatest error."""
    chance, true, output, writes, worst = random.Random(7), 400.0, 0.0, 0, 0.0
    last: dict[Key, Last] = {}
    for number in range(PASSES):
        drift = 60 if number == PASSES // 2 else 0
        true = true + drift + chance.gauss(0, 0.004 * true)
        task_without = task(0, output or None)
        placed = place(
            [Binding(FIELD, "llm", "m", least_change=least)],
            {"llm": [Reading("m", "ms", true, 0, labels(model="model-0"))]},
            [task_without],
        ).values
        for write in plan(placed.values(), last, number, lambda _task, _field: None):
            output, writes = float(write.after or 0), writes + 1
            last[write.key] = Last(write.after, number, number)
        worst = max(worst, abs(output - true) / true)
    return writes, worst


def main() -> None:
    """Measure and print."""
    text = page()
    expected = cpu_ms(lambda: parse(text, prefixes("vllm:")))
    every = cpu_ms(lambda: parse_whole(text))
    print(f"page of {len(text) / 1e6:.2f} MB: {expected:.1f} ms CPU for a tenth of the series,")
    print(f"  {every:.1f} ms for all of them by the library: {every / expected:.1f} times as much")

    values = readings(lambda n: 100.0 + n)
    empty, full = [task(n) for n in range(SERIES)], [task(n, 100.0 + n) for n in range(SERIES)]
    for name, tasks in (("all new", empty), ("nothing changed", full)):
        cost = cpu_ms(lambda tasks=tasks: tick(tasks, values))  # type: ignore[misc]
        print(f"{SERIES:,} series, {name}: {cost:.0f} ms CPU, {tick(tasks, values):,} writes")

    for least in (0.0, 0.02, 0.05):
        writes, worst = an_hour(least)
        print(f"an hour, smallest change {least:.0%}: {writes} writes, error at most {worst:.1%}")


if __name__ == "__main__":
    main()
