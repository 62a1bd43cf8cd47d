"""Calls to ClickUp for each routed task: `python benchmarks/calls.py [--json]`.

The whole bot beside the sandbox, as in events.py. Baseline: what a bot needs that reads each task
when its event comes (one read) and writes its priority (one write).
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from events import bot, create, lists, running, written


@dataclass(frozen=True)
class Figures:
    """What one case cost."""

    case: str
    tasks: int
    reads: int
    writes: int

    @property
    def per_task(self) -> float:
        """Calls for one routed task."""
        return (self.reads + self.writes) / self.tasks


def measure(case: str, count: int, per_s: float, limit: int = 0) -> Figures:
    """New tasks of one List at this rate (0: all at once); calls a minute: `limit` (0: any)."""
    with running(rate_limit=limit, delivery_workers=16) as sandbox:
        places = lists(sandbox, 1)
        with bot(sandbox):
            sandbox.control.reset_counts()
            tasks = create(sandbox, places, count, per_s)
            outcome = written(sandbox, tasks, 240)
            sandbox.control.deliveries.wait_idle()
            stats = sandbox.control.stats
            return Figures(case, len(outcome), stats.calls("GET"), stats.calls("PUT"))


def main(argv: Sequence[str] | None = None) -> None:
    """Run all cases and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line for each case")
    as_json = parser.parse_args(argv).json
    cases = [
        Figures("read each, write each (baseline)", 1000, 1000, 1000),
        measure("single tasks, one in 2 s", 10, 0.5),
        measure("burst of 1,000 in one List", 1000, 0),
        measure("1,000 in one List at 50/s", 1000, 50),
        measure("the same, 1,000 calls a minute", 1000, 50, limit=1000),
    ]
    for figures in cases:
        if as_json:
            print(json.dumps(asdict(figures) | {"per_task": figures.per_task}))
        else:
            print(
                f"{figures.case:34} {figures.tasks:5} tasks  {figures.reads:5} reads"
                f"  {figures.writes:5} writes  {figures.per_task:5.2f} calls/task"
            )


if __name__ == "__main__":
    main()
