"""A new source and a new column type are one file each: draft, plan and run find and use them."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.features.migration import columns, convert, sources
from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.sandbox import Sandbox
from tests.interfaces.cli.conftest import Cli, cli, connected

__all__ = ["cli", "connected"]

COLUMN = '''
"""Emission: grams of CO2, from a text such as `12 g`."""

from clickup_mlops.features.migration.columns._build import column_type
from clickup_mlops.features.migration.columns._model import Converted, Target


def _targets(column):
    return (Target("field", "number"), Target("description"))


def _words(cell, column, lookup):
    return str(cell.value)


def _number(cell, column, choice, lookup):
    return Converted(value=int(cell.value.removesuffix(" g")))


COLUMN = column_type("A number field of grams.", _targets, _words, field_types={"number": _number})
'''

SOURCE = '''
"""A list of runs: one line each, `name: grams`."""

from clickup_mlops.features.migration.records import Board, Cell, Column, Item
from clickup_mlops.features.migration.source import SourceKind


class Runs:
    def __init__(self, path):
        self.path, self.problems, self.calls = path, [], 0

    def people(self):
        return iter(())

    def boards(self):
        yield Board("runs", "Runs", (Column("co2", "Emission", "emission"),))

    def items(self, board):
        for line in self.path.read_text().splitlines():
            name, _, grams = line.partition(": ")
            yield Item(name, board.id, name, cells={"co2": Cell(grams, grams)})

    def updates(self, board, since_ms=None):
        return iter(())

    def assets(self, board):
        return iter(())

    def open(self, asset):
        raise NotImplementedError

    def close(self):
        pass


SOURCE = SourceKind(
    "A list of runs.",
    lambda selection, _: Runs(selection.files[0]),
    suffixes=(".runs",),
    missing=("who started a run",),
    item_noun="run",
)
'''


@pytest.fixture
def extended(connected: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    """Two more files, one in each folder."""
    for package, name, text in ((columns, "emission", COLUMN), (sources, "runs", SOURCE)):
        folder = tmp_path / package.__name__.rpartition(".")[2]
        folder.mkdir()
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    Path("lab.runs").write_text("train: 12 g\nserve: 3 g\n")
    convert.column_types.cache_clear()
    yield connected
    convert.column_types.cache_clear()
    for module in (f"{columns.__name__}.emission", f"{sources.__name__}.runs"):
        sys.modules.pop(module, None)


def test_a_source_and_a_column_type_are_one_file_each(
    extended: Cli, clickup_sandbox: Sandbox
) -> None:
    """Nothing else knows them."""
    clickup_sandbox.control.world.field_creation = "on"
    drafted = extended("migrate", "draft", "runs", "lab.runs", "--out", "move.toml")
    assert drafted.code == 0, drafted.err
    (board,) = mapping_file.load(Path("move.toml")).boards.values()
    column = board.columns["co2"]
    assert (column.type, column.to, column.field_type) == ("emission", "field", "number")

    planned = extended("migrate", "plan", "move.toml")
    assert planned.code == 2, planned.err
    assert "who started a run" in planned.out
    assert 'field "Emission" (number)' in planned.out

    created = ("--yes", "--experimental-field-create")
    provisioned = extended("migrate", "provision", "move.toml", *created)
    assert provisioned.code in (0, 3), provisioned.err
    ran = extended("migrate", "run", "move.toml", "--json")
    assert json.loads(ran.out)["done"] == {"task": 2}
    fields = clickup_sandbox.control.task("train")["custom_fields"]
    assert [field["value"] for field in fields if field["name"] == "Emission"] == ["12"]
    assert extended("migrate", "verify", "move.toml").code == 0
