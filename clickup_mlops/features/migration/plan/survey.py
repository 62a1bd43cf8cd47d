"""One pass over the records: what a run creates, what of it is done, and what is lost. Pure.

Items are converted exactly as a run converts them, a chunk at a time, so memory does not grow with
the board: what is kept are counts, three examples of each loss, and a hash for each link.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from typing import Final

from clickup_mlops.features.migration.batches import batches
from clickup_mlops.features.migration.convert import Conversion, ItemLoss
from clickup_mlops.features.migration.mapping.model import BoardTable
from clickup_mlops.features.migration.plan import places
from clickup_mlops.features.migration.plan.losses import Tally
from clickup_mlops.features.migration.plan.model import (
    BoardPlan,
    ColumnPlan,
    Count,
    Kind,
    OtherLosses,
    Survey,
)
from clickup_mlops.features.migration.plan.world import People, World
from clickup_mlops.features.migration.records import Asset, Board, Item, Manual, Update
from clickup_mlops.features.migration.replacements import inventory
from clickup_mlops.features.migration.run.model import MALFORMED
from clickup_mlops.features.migration.steps import (
    AddDependency,
    AddFile,
    AddLink,
    AddTime,
    Deferred,
    SetRelation,
)

CHUNK: Final = 500
DONE: Final = "done"
FAILED: Final = "failed"
UNCONVERTED: Final = "items or updates that cannot be converted"
RELATIONS: Final = "dependencies, links, relations"
OUTSIDE: Final = "they name items that are not in this migration"


def survey(
    world: World,
    *,
    missing: Sequence[str] = (),
    problems: Sequence[str] = (),
    gaps: Sequence[str] = (),
) -> Survey:
    """What the migration is about. `missing` and `problems` come from the source, `gaps` is what
    the mapping does not have.
    """
    people = People(world.lookup)
    links: set[int] = set()
    boards: list[BoardPlan] = []
    manual: list[tuple[str, Manual]] = []
    all_problems = list(problems)
    for board in world.records.boards():
        table = world.mapping.boards.get(board.id)
        if table is None:
            continue
        manual += [(board.name, board_pass) for board_pass in board.manual]
        board_pass = _Pass(world, board, table, people, links)
        boards.append(board_pass.plan())
        all_problems += board_pass.problems()
    return Survey(
        world.mapping.name,
        world.mapping.source.kind,
        tuple(boards),
        people.unmatched(),
        inventory(manual),
        tuple(missing),
        tuple(all_problems),
        tuple(gaps),
    )


@dataclass(slots=True)
class _Column:
    values: int = 0
    losses: Tally = field(default_factory=Tally)


class _Pass:
    """One board."""

    def __init__(
        self, world: World, board: Board, table: BoardTable, people: People, links: set[int]
    ) -> None:
        self._world, self._board, self._table = world, board, table
        self._people, self._links = people, links
        self._counts: dict[Kind, Count] = {}
        self._columns: dict[tuple[bool, str], _Column] = {}
        self._others: dict[str, Tally] = {}
        self._malformed = Tally()
        self._bytes = self._unsized = 0

    def plan(self) -> BoardPlan:
        """Read it all."""
        records, mapping = self._world.records, self._world.mapping
        self._count(self._of_items(records.items(self._board.id)))
        if mapping.updates:
            self._count(self._comments(records.updates(self._board.id)))
        if mapping.files:
            self._count(self._files(records.assets(self._board.id)))
        return BoardPlan(
            self._board.id,
            self._board.name,
            places.board(self._table),
            places.groups(self._table) if self._board.groups else "",
            self._counts,
            self._bytes,
            self._unsized,
            tuple(self._column_plans()),
            tuple(OtherLosses(title, tally.counts()) for title, tally in self._others.items()),
        )

    def _count(self, steps: Iterable[tuple[Kind, str]]) -> None:
        for chunk in batches(steps, CHUNK):
            states = self._world.states([key for _, key in chunk])
            for kind, key in chunk:
                state = states.get(key, "")
                count = Count(1, int(state == DONE), int(state == FAILED))
                self._counts[kind] = self._counts.get(kind, Count()) + count

    def _of_items(self, items: Iterable[Item]) -> Iterator[tuple[Kind, str]]:
        for item in items:
            world, converted = self._world, self._converted(item)
            if converted is None:
                continue
            self._note(item, converted)
            yield ("subtask" if item.parent_id is not None else "task"), converted.task.key
            for step in converted.deferred:
                yield from self._deferred(item, step)
            if world.mapping.subscribers and self._watch(item):
                yield "watchers", f"watchers:{item.id}"
            if item.archived:
                yield "archive", f"archive:{item.id}"

    def _converted(self, item: Item) -> Conversion | None:
        world = self._world
        try:
            return world.convert(item, self._board, self._table, world.mapping, self._people)
        except MALFORMED as problem:
            self._malformed.add(UNCONVERTED, f"{item.name} ({item.id})", repr(problem))
            return None
        finally:
            self._people.next_item()

    def problems(self) -> Iterator[str]:
        """What cannot be converted at all."""
        for loss_count in self._malformed.counts():
            examples = "; ".join(loss_count.examples)
            yield f'board "{self._board.name}": {loss_count.what}: {loss_count.count}: {examples}'

    def _note(self, item: Item, converted: Conversion) -> None:
        is_subitem = self._has_own_columns(item)
        for column_id in item.cells:
            self._column(is_subitem, column_id).values += 1
        for loss in converted.losses:
            self._tally_of(is_subitem, loss).add(loss.what, item.name, loss.example)

    def _has_own_columns(self, item: Item) -> bool:
        return item.parent_id is not None and not self._board.multi_level

    def _tally_of(self, is_subitem: bool, loss: ItemLoss) -> Tally:
        if loss.column_id:
            return self._column(is_subitem, loss.column_id).losses
        return self._others.setdefault(loss.title, Tally())

    def _column(self, is_subitem: bool, column_id: str) -> _Column:
        return self._columns.setdefault((is_subitem, column_id), _Column())

    def _deferred(self, item: Item, step: Deferred) -> Iterator[tuple[Kind, str]]:
        """The step, unless it is left out or cannot be done."""
        if self._is_left_out(step):
            return
        outside = [item_id for item_id in _related_ids(step) if not self._is_inside(item_id)]
        for outside_id in outside:
            self._others.setdefault(RELATIONS, Tally()).add(OUTSIDE, item.name, outside_id)
        if not outside or len(outside) < len(_related_ids(step)):
            if isinstance(step, AddFile):
                self._sized(self._world.records.asset(step.item_id, step.asset_id))
            yield _KINDS[type(step)], step.key

    def _is_left_out(self, step: Deferred) -> bool:
        mapping = self._world.mapping
        match step:
            case AddFile():
                return not mapping.files
            case AddTime():
                return not mapping.time
            case AddLink():
                return self._is_known_link(step)
            case _:
                return False

    def _is_known_link(self, step: AddLink) -> bool:
        """Whether the other side has named it before: a link has no direction."""
        mark = hash(step.key)
        is_repeated = mark in self._links
        self._links.add(mark)
        return is_repeated

    def _is_inside(self, item_id: str) -> bool:
        item = self._world.records.item(item_id)
        return item is not None and item.board_id in self._world.mapping.boards

    def _watch(self, item: Item) -> bool:
        return any(
            self._world.lookup.person(person_id) is not None for person_id in item.subscribers
        )

    def _comments(self, updates: Iterable[Update]) -> Iterator[tuple[Kind, str]]:
        for update in updates:
            try:
                step, losses = self._world.commented(update)
            except MALFORMED as problem:
                self._malformed.add(UNCONVERTED, f"update {update.id}", repr(problem))
                continue
            for loss in losses:
                self._tally_of(False, loss).add(loss.what, f"update {update.id}", loss.example)
            yield "comment", step.key

    def _files(self, assets: Iterable[Asset]) -> Iterator[tuple[Kind, str]]:
        """Files of updates and of items; those that a column shows come with the column."""
        for asset in assets:
            item = None if asset.update_id else self._world.records.item(asset.item_id)
            if item is None or not item.shows_file(asset.id):
                self._sized(asset)
                yield "file", AddFile(asset.id, asset.item_id, asset.name).key

    def _sized(self, asset: Asset | None) -> None:
        size = asset.size if asset else -1
        self._bytes += max(0, size)
        self._unsized += size < 0

    def _column_plans(self) -> Iterator[ColumnPlan]:
        # Subitems share the mapping of the board's columns if they have none of their own.
        own_tables = self._table.subitem_columns or self._table.columns
        for is_subitem, columns, tables in (
            (False, self._board.columns, self._table.columns),
            (True, self._board.subitem_columns, own_tables),
        ):
            titles = {column.id: (column.title, column.type) for column in columns}
            removed = [
                column
                for has_own, column in self._columns
                if has_own == is_subitem and column not in titles
            ]
            for column_id in [*titles, *removed]:
                title, type_ = titles.get(column_id, (column_id, ""))
                statistics = self._columns.get((is_subitem, column_id), _Column())
                table = tables.get(column_id)
                yield ColumnPlan(
                    column_id,
                    title,
                    type_,
                    places.column(table),
                    places.is_kept(table),
                    is_subitem,
                    statistics.values,
                    statistics.losses.counts(),
                )


_KINDS: Final[ReadOnly[type, Kind]] = {
    AddDependency: "dependency",
    AddLink: "link",
    SetRelation: "relation",
    AddFile: "file",
    AddTime: "time",
}


def _related_ids(step: Deferred) -> tuple[str, ...]:
    """The items that a step names besides its own."""
    match step:
        case AddDependency(waits_for=item_id) | AddLink(other=item_id):
            return (item_id,)
        case SetRelation(others=item_ids):
            return item_ids
        case _:
            return ()
