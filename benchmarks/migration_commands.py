"""What do the commands of a migration cost? `python benchmarks/migration_commands.py [ITEMS ...]`

For each number of items (10,000): a board of a local Monday.com is drafted, planned, moved into a
local ClickUp, verified, moved again, compared with `delta`, and removed, each by the program as a
process of its own. Half of the items are subitems; each of the others has an update with a reply
and a file, and one in ten a dependency. Printed for each command: calls beside their lower bound
(one for each task, comment, file and dependency), calls to Monday.com for a hundred items, 429
answers, the largest memory, and time. What is in ClickUp is compared with Monday.com by the state
of both sandboxes.

`--store URL`: the program's database, which must be empty; default: an SQLite file.
`--read-only`: only what reads: draft, plan, verify and delta; of the items one is moved.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from clickup_mlops.sandbox.monday.bulk import FillCounts
from tests.features.migration.two_sides import MAPPING, Oracle, TwoSides, two_sides

SIZES = (10_000,)
READING = (("run", "--limit", "1"), ("verify", "--quick"), ("delta",))
ALL = (("run",), ("verify",), ("run",), ("delta",), ("undo",), ("undo", "--yes"))
HEAD = ("command", "exit", "ClickUp", "bound", "Monday.com/100", "429", "MiB", "seconds")


def bound(filled: FillCounts) -> int:
    """Tasks, comments, files and dependencies: a call each."""
    items = filled.items + filled.subitems
    return items + filled.updates + filled.replies + filled.files + filled.links


def measure(items: int, store: str, commands: tuple[tuple[str, ...], ...]) -> None:
    """All commands on a fresh board and an empty Workspace."""
    with tempfile.TemporaryDirectory() as folder, two_sides(Path(folder), store) as sides:
        control = sides.source.control
        filled = control.fill(
            control.add_board("Backlog"), items // 2, files=1, replies=1, dependency_every=10
        )
        _write(f"{items:,} items, at least {bound(filled) / items:.4f} calls for each")
        _write(_row(*HEAD))
        _timed(sides, items, 0, "draft", "monday", "--out", MAPPING)
        sides.provision()
        oracle = Oracle(sides)
        before = oracle.everything()
        _timed(sides, items, 0, "plan", MAPPING)
        least = bound(filled)
        for name, *more in commands:
            is_whole = name == "run" and not more
            calls = _timed(sides, items, least if is_whole else 0, name, MAPPING, *more)
            if is_whole and least:
                _write(f"  {calls / items:.4f} calls for each item")
                _write(f"  {len(oracle.differences())} differences between the sandboxes")
                least = 0
        if commands == ALL:
            _write(f"  nothing is left: {oracle.everything() == before}")


def _timed(sides: TwoSides, items: int, least: int, *arguments: str) -> int:
    began = time.perf_counter()
    ran = sides.program("migrate", *arguments)
    seconds = time.perf_counter() - began
    calls = ran.reads + ran.writes
    name = " ".join(argument for argument in arguments if argument != MAPPING).removesuffix(
        " monday --out"
    )
    for_100 = f"{ran.monday_reads / items * 100:.2f}"
    output = (f"{calls:,}", f"{least:,}" if least else "-", for_100, str(ran.refused))
    _write(_row(name, str(ran.code), *output, f"{ran.memory_mib:.0f}", f"{seconds:.1f}"))
    return calls


def _row(*cells: str) -> str:
    first, *neighbours = cells
    return f"  {first:16}" + "".join(f"{neighbour:>16}" for neighbour in neighbours)


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("items", nargs="*", type=int, default=SIZES)
    parser.add_argument("--store", default="", metavar="URL")
    parser.add_argument("--read-only", action="store_true")
    chosen = parser.parse_args()
    for items in chosen.items:
        measure(items, chosen.store, READING if chosen.read_only else ALL)


if __name__ == "__main__":
    main()
