"""What does a migration cost? `python benchmarks/migration.py [ITEMS ...] [--budget]`

For each number of items (1,000 and 10,000): calls for each item beside the lower bound (one call
for each task, update, file and dependency: nothing can be created with fewer), calls to the source,
writes of a second run, 429 answers, time, and the largest memory of the process that reads and
writes. Three of ten items are subitems; half of them have an update, one in ten a file, one in five
a dependency. The source makes its records while they are read, and the sandbox is a process of its
own, so that neither counts.

What each command costs, with Monday.com as the source: `benchmarks/migration_commands.py`.

`--budget`: the share of a limit of 100 calls a minute that a run uses, over three whole windows
(about three minutes), on a sandbox that enforces it.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from clickup_mlops.features.migration.tables.migration_steps import MigrationSteps

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from clickup_mlops.clickup.client import ClickUp, PriorityClass
from clickup_mlops.clickup.wire.port import Answer, Send
from clickup_mlops.features.migration import comments, convert
from clickup_mlops.features.migration.journal import Journal
from clickup_mlops.features.migration.mapping.model import (
    BoardTable,
    ColumnTable,
    Mapping,
    PlaceTable,
    SourceTable,
)
from clickup_mlops.features.migration.people import Directory
from clickup_mlops.features.migration.places import Places
from clickup_mlops.features.migration.records import (
    Asset,
    Board,
    Cell,
    Column,
    Item,
    Option,
    Person,
    Update,
)
from clickup_mlops.features.migration.run.model import Options, Ran
from clickup_mlops.features.migration.run.run import run
from clickup_mlops.features.migration.run.tools import Tools
from clickup_mlops.features.migration.staging import Staged, fetch
from clickup_mlops.sandbox import Sandbox, running
from clickup_mlops.store import Store

SIZES = (1_000, 10_000)
LIMIT, WINDOWS = 100, 3
PAGE = 100
"""Items that the source gives for one call."""
STATUSES = ("to do", "in progress", "complete")
BOARD = Board(
    "b",
    "Serving",
    columns=(
        Column(
            "s", "Status", "status", options=tuple(Option(status, status) for status in STATUSES)
        ),
        Column("n", "GPU hours", "numbers"),
        Column("d", "Due", "date"),
        Column("w", "Waits for", "dependency"),
    ),
    multi_level=True,
)
MAPPING = Mapping(
    name="benchmark",
    source=SourceTable(kind="memory"),
    boards={
        "b": BoardTable(
            name=BOARD.name,
            place=PlaceTable(space="Team", folder="Work", list="Tasks"),
            groups="none",
            columns={
                "s": ColumnTable(
                    title="Status",
                    type="status",
                    to="status",
                    options={status: status for status in STATUSES},
                ),
                "n": ColumnTable(
                    title="GPU hours",
                    type="numbers",
                    to="field",
                    field="GPU hours",
                    field_type="number",
                ),
                "d": ColumnTable(title="Due", type="date", to="due"),
                "w": ColumnTable(title="Waits for", type="dependency", to="dependencies"),
            },
        )
    },
)


class Generated:
    """A source that makes its records while they are read; a call gives a hundred items."""

    def __init__(self, items: int) -> None:
        self._count, self.calls = items, 0
        self.problems: list[str] = []

    def people(self) -> Iterator[Person]:
        """Nobody."""
        self.calls += 1
        return iter(())

    def boards(self) -> Iterator[Board]:
        """One."""
        self.calls += 1
        return iter((BOARD,))

    def items(self, board: Board) -> Iterator[Item]:
        """Parents, each before its subitems."""
        for number in range(self._count):
            self.calls += number % PAGE == 0
            yield _item(number)

    def updates(self, board: Board, since_ms: int | None = None) -> Iterator[Update]:
        """Of every second item; they come with the items."""
        for number in range(0, self._count, 2):
            yield Update(f"u{number}", str(number), f"<p>Loss at step {number}</p>", "p1", "Ada")

    def assets(self, board: Board) -> Iterator[Asset]:
        """One in ten."""
        for number in range(0, self._count, 10):
            yield Asset(f"a{number}", "loss.csv", str(number), f"u{number}", 3)

    def open(self, asset: Asset) -> BinaryIO:
        """Three bytes."""
        return BytesIO(b"1,2")

    def close(self) -> None:
        """Nothing is open."""


def _item(number: int) -> Item:
    parent = str(number - number % 10) if number % 10 in (3, 6, 9) else None
    cells = {
        "s": Cell(STATUSES[number % 3], STATUSES[number % 3]),
        "n": Cell(str(number), str(number)),
        "d": Cell({"date": "2026-06-15", "time": None}, "2026-06-15"),
    }
    if number % 5 == 4:
        waits = [{"item": str(number - 1), "type": "FS", "lag_days": 0}]
        cells["w"] = Cell(waits, str(number - 1))
    text = "The run of last night." * 10
    return Item(str(number), "b", f"Run {number}", parent_id=parent, cells=cells, description=text)


def bound(items: int) -> int:
    """Tasks, comments, files and dependencies: a call each."""
    return items + -(-items // 2) + -(-items // 10) + items // 5


def tools(client: ClickUp, team_id: str, store: Store, source: Generated) -> Tools:
    """What a run works with."""
    bulk = client.with_priority_class(PriorityClass.BULK)
    return Tools(
        bulk,
        team_id,
        MAPPING,
        source,
        Staged(store.table(MigrationRecords), MAPPING.name),
        Journal(store.table(MigrationSteps), MAPPING.name, client.clock),
        Places(bulk, team_id),
        Directory(MAPPING, (), ()),
        convert.convert,
        comments.comment,
        client.clock,
        time.sleep,
    )


def child(order: dict[str, Any]) -> None:
    """Read and run twice in this process, and print what it took."""
    source = Generated(order["items"])
    began = time.perf_counter()
    with (
        Store.open(f"sqlite:///{order['store']}") as store,
        ClickUp(order["token"], base_url=order["url"]) as client,
    ):
        fetch(source, store.table(MigrationRecords), MAPPING)
        read_s = time.perf_counter() - began
        work = tools(client, order["team_id"], store, source)
        first = _complete(run(work, Options()))
        seconds = time.perf_counter() - began
        second = _complete(run(work, Options()))
        result = {
            "items": order["items"],
            "calls": first.calls,
            "source_calls": source.calls,
            "second_run": second.done.total(),
            "read_s": read_s,
            "run_s": seconds - read_s,
            "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        sys.stdout.write(json.dumps(result) + "\n")


def _complete(ran: Ran) -> Ran:
    if ran.stopped is not None:
        raise ran.stopped
    if not ran.is_complete:
        raise SystemExit(f"not everything was moved: {ran.failed[:3]} {ran.waiting}")
    return ran


def measure(items: int) -> dict[str, Any]:
    """A migration of so many items into a fresh workspace."""
    with tempfile.TemporaryDirectory() as folder, running(rate_limit=0) as sandbox:
        order = {"items": items, "store": str(Path(folder) / "bench.db"), **_prepared(sandbox)}
        command = [sys.executable, __file__, "--child", json.dumps(order)]
        printed = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
        stats = sandbox.control.stats.to_dict()["calls"]
        refused = sum(stat["count"] for stat in stats if stat["status"] == 429)
        created = len(sandbox.control.tasks)
        return {**json.loads(printed), "bound": bound(items), "tasks": created, "refused": refused}


def _prepared(sandbox: Sandbox) -> dict[str, str]:
    for name, kind in ((MAPPING.id_field, "short_text"), ("GPU hours", "number")):
        sandbox.control.create_field(name, kind, list_name="Tasks")
    return {"url": sandbox.url, "token": sandbox.token, "team_id": sandbox.team_id}


class Timed:
    """Notes when each call was sent, and how many were refused."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.at: list[float] = []
        self.refused = 0

    def __call__(self, method: str, url: str, **options: Any) -> Answer:
        """Over real HTTP."""
        self.at.append(time.monotonic())
        response = self._send(method, url, **options)
        self.refused += response.status == 429
        return response


def budget() -> dict[str, Any]:
    """How much of a small limit is used: windows of a minute by the time that they really took."""
    source = Generated(LIMIT * (WINDOWS + 1) // 2)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(rate_limit=LIMIT) as sandbox,
        Store.open(f"sqlite:///{Path(folder) / 'bench.db'}") as store,
    ):
        order = _prepared(sandbox)
        with ClickUp(order["token"], base_url=order["url"]) as client:
            wire = client.transport.wire
            wire.send = timed = Timed(wire.send)
            fetch(source, store.table(MigrationRecords), MAPPING)
            _complete(run(tools(client, order["team_id"], store, source), Options()))
        took_s = timed.at[LIMIT * WINDOWS] - timed.at[0]
        share = 60 * WINDOWS / took_s
        return {"calls": len(timed.at), "share": share, "refused": timed.refused}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("items", nargs="*", type=int, default=SIZES)
    parser.add_argument("--budget", action="store_true")
    parser.add_argument("--child", type=json.loads)
    chosen = parser.parse_args()
    if chosen.child:
        child(chosen.child)
        return
    if chosen.budget:
        result = budget()
        sys.stdout.write(
            f"{LIMIT} calls a minute: {result['share']:.1%} of the budget used over {WINDOWS} "
            f"windows, {result['calls']} calls, {result['refused']} × 429\n"
        )
        return
    for items in chosen.items:
        _show(measure(items))


def _show(figures: dict[str, Any]) -> None:
    items, calls, least = figures["items"], figures["calls"], figures["bound"]
    lines = (
        f"{items:,} items ({figures['tasks']:,} tasks made)",
        f"  calls for each item: {calls / items:.3f}; lower bound {least / items:.3f}"
        f" ({calls - least:+,} calls)",
        f"  source: {figures['source_calls']:,} calls, {figures['source_calls'] / items * 100:.2f}"
        " for 100 items",
        f"  second run: {figures['second_run']} writes; {figures['refused']} × 429",
        f"  {figures['read_s']:.1f} s to read, {figures['run_s']:.1f} s to write and check",
        f"  memory: {figures['memory_mib']:.0f} MiB",
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
