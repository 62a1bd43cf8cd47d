"""What the audit costs for each write to ClickUp: `python benchmarks/audit.py [--json]`.

A write is journalled before its call and closed after it; the audit's entry is appended with the
close. Both sides do that, on SQLite with its group writer, each close together with the next begin
as in a lane. Baseline in the same run, in turns: the same without an audit. Also: how long it takes
to verify the chain that was made.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from clickup_mlops.store import Audit, Keyring, Store, Write
from clickup_mlops.store.audit.log import Rows
from clickup_mlops.store.database.prepared import Statement
from clickup_mlops.store.tables.journal import Journal

ROUNDS, WRITES = 30, 100


class NoAudit(Audit):
    """Appends nothing."""

    def plan(self, connection: Connection, facts: Mapping[str, Any], head: Rows) -> list[Statement]:
        """Nothing."""
        return []


@dataclass(frozen=True)
class Figures:
    """Microseconds of CPU for each write, medians of the rounds; and of verifying an entry."""

    without_us: float
    with_us: float
    price_us: float
    price_signed_us: float
    bytes_per_entry: float
    verify_us: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder))
    print(json.dumps(asdict(figures)) if options.json else text(figures))


def measure(folder: Path) -> Figures:
    """Three stores, a round on each in turn."""
    plain = Store.open(f"sqlite:///{folder / 'plain.db'}")
    chained = Store.open(f"sqlite:///{folder / 'chained.db'}")
    signed = Store.open(f"sqlite:///{folder / 'signed.db'}", keys=Keyring("k" * 64))
    journals = [
        Journal(plain.database, NoAudit(plain.database, Keyring())),
        chained.journal,
        signed.journal,
    ]
    spent = list(
        zip(*([_round(journal) for journal in journals] for _ in range(ROUNDS)), strict=True)
    )
    for store in (plain, chained, signed):
        store.flush()
    began = time.process_time()
    assert not chained.audit.verify().problem
    verify_us = (time.process_time() - began) * 1e6 / (ROUNDS * WRITES)
    for store in (plain, chained, signed):
        store.close()
    sizes = [(folder / f"{name}.db").stat().st_size for name in ("plain", "chained")]
    return Figures(
        without_us=statistics.median(spent[0]),
        with_us=statistics.median(spent[1]),
        price_us=_difference(spent[1], spent[0]),
        price_signed_us=_difference(spent[2], spent[0]),
        bytes_per_entry=(sizes[1] - sizes[0]) / (ROUNDS * WRITES),
        verify_us=verify_us,
    )


def _difference(dearer: tuple[float, ...], cheaper: tuple[float, ...]) -> float:
    pairs = zip(dearer, cheaper, strict=True)
    return statistics.median(first - second for first, second in pairs)


def _round(journal: Journal) -> float:
    began = time.process_time()
    for n in range(WRITES):
        write = Write(f"86dx{n}", "priority", None, 2, "hook:item:taskUpdated", "inference_first")
        row = journal.begin(write, 1_795_000_000_000)
        call = f"PUT /api/v2/task/86dx{n} 200"
        journal.finish(row, "done", 1_795_000_000_100, calls=[call], wait=False)
    return (time.process_time() - began) * 1e6 / WRITES


def text(figures: Figures) -> str:
    """For people."""
    return (
        f"CPU for each write: {figures.without_us:.0f} us without, {figures.with_us:.0f} us with;"
        f" price {figures.price_us:.0f} us, signed {figures.price_signed_us:.0f} us\n"
        f"On disk: {figures.bytes_per_entry:.0f} bytes an entry\n"
        f"Verifying: {figures.verify_us:.0f} us CPU an entry"
    )


if __name__ == "__main__":
    main()
