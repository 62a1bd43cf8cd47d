"""What a plan says a run takes is what the run takes, on the sandbox."""

from collections.abc import Mapping as ReadOnly
from pathlib import Path

import pytest

from clickup_mlops.features.migration import cost
from clickup_mlops.features.migration.columns._model import Lookup
from clickup_mlops.features.migration.convert import Conversion, ItemLoss
from clickup_mlops.features.migration.mapping.model import BoardTable, Mapping
from clickup_mlops.features.migration.people import Directory
from clickup_mlops.features.migration.plan import make
from clickup_mlops.features.migration.plan.model import MigrationPlan
from clickup_mlops.features.migration.plan.survey import survey
from clickup_mlops.features.migration.plan.world import World
from clickup_mlops.features.migration.records import Asset, Board, Item, Update
from clickup_mlops.features.migration.steps import AddComment
from clickup_mlops.features.migration.tables.migration_steps import MigrationSteps
from tests.features.migration.bench import NAME, Bench, bench, comment, convert, item
from tests.features.migration.memory_source import MemorySource

TOLERANCE = 0.05


def many(count: int) -> MemorySource:
    """A board with so many items, every second with something else."""
    items = [
        item(
            str(number),
            str(number - 1) if number % 5 == 1 else None,
            waits=[str(number - 1)] if number % 7 == 1 else [],
            links=[str((number + 3) % count)] if number % 11 == 0 else [],
            time=[(3_600_000 * number, 60_000, None)] if number % 13 == 0 else [],
        )
        for number in range(count)
    ]
    updates = [Update(f"u{number}", str(number), "text") for number in range(0, count, 2)]
    files = [Asset(f"a{number}", "f.txt", str(number), size=3) for number in range(0, count, 9)]
    contents = {file.id: b"oom" for file in files}
    return MemorySource([Board("b", "Serving")], items, updates, files, contents=contents)


def without_losses(
    record: Item, board: Board, table: BoardTable, mapping: Mapping, lookup: Lookup
) -> Conversion:
    """The bench's conversion."""
    conversion = convert(record, board, table, mapping, lookup)
    return Conversion(conversion.task, conversion.deferred)


def without_loss(
    update: Update, mapping: Mapping, lookup: Lookup, names: ReadOnly[str, str]
) -> tuple[AddComment, tuple[ItemLoss, ...]]:
    """The bench's comment."""
    return comment(update, mapping, lookup, names)[0], ()


def plan(attempt: Bench) -> MigrationPlan:
    """Of what is staged and journaled."""
    steps = attempt.store.table(MigrationSteps)
    directory = Directory(attempt.mapping, attempt.staged.people(), ())
    world = World(
        attempt.staged,
        attempt.mapping,
        without_losses,
        without_loss,
        directory,
        lambda keys: steps.states(NAME, keys),
    )
    return make.plan(survey(world), reads=cost.reads(attempt.mapping), reading=0, from_api=False)


@pytest.mark.parametrize("count", [40, 150])
def test_calls_are_those_of_the_run(tmp_path: Path, count: int) -> None:
    """Within five per cent, before the run and half-way; afterwards nothing is left to do."""
    with bench(tmp_path, many(count)) as attempt:
        attempt.fetch()
        first = plan(attempt)
        before = attempt.client.calls
        attempt.run(limit=count // 2)
        half = attempt.client.calls - before
        second = plan(attempt)
        attempt.complete()
        all_of_it = attempt.client.calls - before

        assert half + second.cost.calls == pytest.approx(all_of_it, rel=TOLERANCE)
        assert first.cost.writes == pytest.approx(attempt.writes(), rel=TOLERANCE)
        last = plan(attempt)
    assert (last.work, last.cost.writes) == (0, 0)


def test_reads_are_those_of_the_run(bench: Bench) -> None:
    """The sample is small enough to count them."""
    bench.fetch()
    before = bench.client.calls
    planned = plan(bench).cost
    bench.complete()

    assert bench.client.calls - before == planned.calls == 17 + planned.reads
