"""What a run made is what the source has: by the real conversion, and compared field by field."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clickup_mlops.features.migration import comments, convert
from clickup_mlops.features.migration.mapping.model import ColumnTable
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
from clickup_mlops.features.migration.verify.verify import Sides, verify
from tests.features.migration.bench import Bench, mapping
from tests.features.migration.bench import bench as made
from tests.features.migration.memory_source import MemorySource
from tests.features.migration.test_undo import undo

STATUSES = ("to do", "in progress", "complete")
NAMES = ("Serve", "Serve", "النموذج الجديد", "🚀" * 200, "x" * 255, "y" * 400, "R&D <b>", "  ")
TABLES = {
    "s": ColumnTable(
        title="Status", type="status", to="status", options={status: status for status in STATUSES}
    ),
    "n": ColumnTable(title="Hours", type="numbers", to="field", field="Hours", field_type="number"),
    "d": ColumnTable(title="Due", type="date", to="due"),
    "t": ColumnTable(title="Notes", type="text", to="description"),
    "p": ColumnTable(title="Owner", type="people", to="assignees"),
    "w": ColumnTable(title="Waits for", type="dependency", to="dependencies"),
    "f": ColumnTable(title="Files", type="file", to="files"),
}
BOARD = Board(
    "b",
    "Serving",
    columns=tuple(
        Column(key, table.title, table.type, options=tuple(Option(o, o) for o in table.options))
        for key, table in TABLES.items()
    ),
    multi_level=True,
)


def full_source() -> MemorySource:
    """Items with odd names, subitems to a depth of two, and a value in every column."""
    items = [_item(number) for number in range(24)]
    return MemorySource(
        board_list=[BOARD],
        item_list=items,
        update_list=[
            Update("u1", "1", "<p>Loss <b>0.3</b></p>", "p1", created_ms=1_750_000_000_000),
            Update("u2", "1", "<p>Better</p>", "p2", "Nobody", 1_750_000_100_000, reply_to="u1"),
        ],
        asset_list=[Asset("a1", "loss.csv", "0", size=3), Asset("a2", "x.png", "1", "u1", 3)],
        person_list=[Person("p1", "Maria", "maria@example.com"), Person("p2", "Nobody")],
        contents={"a1": b"1,2", "a2": b"png"},
    )


def _item(number: int) -> Item:
    cells = {
        "s": Cell(STATUSES[number % 3], STATUSES[number % 3]),
        "n": Cell(str(number / 4), str(number / 4)),
        "d": Cell({"date": "2026-06-15", "time": "09:00:00" if number % 2 else None}, "Jun 15"),
        "t": Cell(f"note *{number}*", f"note *{number}*"),
        "p": Cell([{"id": "p1", "kind": "person"}], "Maria"),
    }
    if number == 0:
        cells["f"] = Cell([{"asset": "a1"}], "loss.csv")
    if number > 1 and number % 3 == 1:
        waits = [{"item": str(number - 1), "type": "FS", "lag_days": 0}]
        cells["w"] = Cell(waits, str(number - 1))
    parent = str(number - 1) if number % 4 in (1, 2) else None
    name = NAMES[number % len(NAMES)]
    return Item(str(number), "b", name, parent_id=parent, cells=cells, description="**why**")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with made(tmp_path, full_source()) as workbench:
        workbench.control.create_field("Hours", "number", list_name="Tasks")
        table = mapping().boards["b"].model_copy(update={"columns": TABLES})
        workbench.mapping = mapping().model_copy(update={"boards": {"b": table}})
        yield workbench


def moved(bench: Bench) -> Ran:
    if not bench.staged.is_complete:
        bench.fetch()
    real = replace(bench.tools(), convert=convert.convert, comment=comments.comment)
    return run(real, Options(workers=1))


def test_what_was_moved_is_verified_and_undone(bench: Bench) -> None:
    """No difference; nothing in a second run; and undo finds no change by people."""
    ran = moved(bench)
    assert ran.is_complete, ran

    sides = Sides(bench.source, bench.client, bench.sandbox.team_id, bench.mapping)
    verification = verify(sides, bench.now_ms())
    assert verification.summary.differences == ()
    assert not verification.problems

    assert moved(bench).done.total() == 0
    undone = undo(bench)
    assert (undone.removed, undone.kept) == (24, ())
    assert not bench.control.tasks
