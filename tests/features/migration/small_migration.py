"""A small migration: two boards, subitems, comments, files and every kind of deferred step."""

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field

from clickup_mlops.features.migration.columns._model import Lookup
from clickup_mlops.features.migration.convert import Conversion, ItemLoss
from clickup_mlops.features.migration.mapping.model import (
    BoardTable,
    ColumnTable,
    Mapping,
    PersonTable,
    PlaceTable,
    SourceTable,
)
from clickup_mlops.features.migration.plan.world import World
from clickup_mlops.features.migration.records import (
    Asset,
    Board,
    Cell,
    Column,
    Item,
    Manual,
    Update,
)
from clickup_mlops.features.migration.steps import (
    AddComment,
    AddDependency,
    AddFile,
    AddLink,
    AddTime,
    CreateTask,
    Deferred,
    SetRelation,
)


@dataclass
class MemoryRecords:
    """Records in memory."""

    board_list: Sequence[Board] = ()
    item_list: Sequence[Item] = ()
    update_list: Sequence[Update] = ()
    asset_list: Sequence[Asset] = ()

    def boards(self) -> Iterator[Board]:
        return iter(self.board_list)

    def items(self, board_id: str) -> Iterator[Item]:
        return (item for item in self.item_list if item.board_id == board_id)

    def updates(self, board_id: str) -> Iterator[Update]:
        return (update for update in self.update_list if self._board(update.item_id) == board_id)

    def assets(self, board_id: str) -> Iterator[Asset]:
        return (update for update in self.asset_list if self._board(update.item_id) == board_id)

    def item(self, item_id: str) -> Item | None:
        return next((item for item in self.item_list if item.id == item_id), None)

    def asset(self, item_id: str, asset_id: str) -> Asset | None:
        expected = (item_id, asset_id)
        return next(
            (update for update in self.asset_list if (update.item_id, update.id) == expected), None
        )

    def _board(self, item_id: str) -> str:
        item = self.item(item_id)
        return item.board_id if item else ""


@dataclass
class People:
    """Knows one person."""

    known: ReadOnly[str, int] = field(default_factory=lambda: {"1": 11})

    def person(self, person_id: str) -> int | None:
        return self.known.get(person_id)

    def members(self, team_id: str) -> tuple[str, ...]:
        return ()

    def name(self, person_id: str) -> str:
        return f"Person {person_id}"


def convert(
    item: Item, board: Board, table: BoardTable, mapping: Mapping, lookup: Lookup
) -> Conversion:
    """Cells: `owner` a person's id, `stage` a word that is lost, `deps`, `links`, `rel`, `file`
    and `time` what their names say."""
    for person in item.cells["owner"].value if "owner" in item.cells else ():
        lookup.person(person)
    losses = (
        [ItemLoss("stage", "Stage", "colours are not kept", item.cells["stage"].text)]
        if "stage" in item.cells
        else []
    )
    deferred = [step for key, cell in item.cells.items() for step in _steps(item.id, key, cell)]
    place = (table.place.space, table.place.list)
    return Conversion(CreateTask(item.id, place, item.name), tuple(deferred), tuple(losses))


def comment(
    update: Update, mapping: Mapping, lookup: Lookup, names: ReadOnly[str, str]
) -> tuple[AddComment, tuple[ItemLoss, ...]]:
    """The text; likes are lost, and `bad` cannot be converted."""
    if update.html == "bad":
        raise ValueError(update.html)
    losses = (ItemLoss("", "updates", "who liked it", str(update.likes)),) if update.likes else ()
    return AddComment(update.id, update.item_id, update.html, update.reply_to), losses


def _steps(item: str, column: str, cell: Cell) -> Iterator[Deferred]:
    match column:
        case "deps":
            yield from (AddDependency(item, value) for value in cell.value)
        case "links":
            yield from (AddLink(item, value) for value in cell.value)
        case "rel":
            yield SetRelation(item, "Related", tuple(cell.value))
        case "file":
            yield from (AddFile(value["asset"], item, "") for value in cell.value)
        case "time":
            yield from (AddTime(item, start, 60_000) for start in cell.value)


COLUMNS = (
    Column("owner", "Owner", "people"),
    Column("stage", "Stage", "status"),
    Column("deps", "Waits for", "dependency"),
    Column("links", "See also", "board_relation"),
    Column("rel", "Model", "board_relation"),
    Column("file", "Files", "file"),
    Column("time", "Time", "time_tracking"),
    Column("new", "New", "text"),
)


def _tables() -> dict[str, ColumnTable]:
    return {
        "owner": ColumnTable(title="Owner", type="people", to="assignees"),
        "deps": ColumnTable(title="Waits for", type="dependency", to="dependencies"),
        "links": ColumnTable(title="See also", type="board_relation", to="links"),
        "file": ColumnTable(title="Files", type="file", to="files"),
        "time": ColumnTable(title="Time", type="time_tracking", to="time"),
        "stage": ColumnTable(
            title="Stage", type="status", to="field", field="Stage", field_type="drop_down"
        ),
        "rel": ColumnTable(title="Model", type="board_relation", to="none", because="no field"),
    }


def mapping(**changes: object) -> Mapping:
    """Boards 1 and 2 of the source."""
    boards = {
        key: BoardTable(
            name=f"Board {key}", place=PlaceTable(space="ML", list=f"List {key}"), columns=_tables()
        )
        for key in ("1", "2")
    }
    return Mapping(
        name="move",
        source=SourceTable(kind="monday"),
        boards=boards,
        people={"1": PersonTable(name="Ada", email="a@x.io")},
    ).model_copy(update=changes)


def cells(**values: object) -> dict[str, Cell]:
    """Cells by column."""
    return {key: Cell(value, str(value)) for key, value in values.items()}


def records() -> MemoryRecords:
    """Board 1 has three items and a subitem, board 2 one item, board 3 is not mapped."""
    manual = (Manual("automation", "When an incident opens, page"), Manual("dashboard", "Costs"))
    owner = Column("owner", "Owner", "people")
    files = [{"asset": "f1"}, {"asset": "f9"}]
    draft = cells(owner=["2"], stage="Blue", deps=["10", "99"], file=files)
    return MemoryRecords(
        [
            Board("1", "Rollouts", COLUMNS, subitem_columns=(owner,), manual=manual),
            Board("2", "Models", COLUMNS),
            Board("3", "Lunch"),
        ],
        [
            Item("10", "1", "Ranker", cells=cells(owner=["1", "2"], stage="Red", links=["20"])),
            Item("11", "1", "Draft", cells=draft),
            Item("12", "1", "Eval", parent_id="10", cells=cells(owner=["2"])),
            Item("13", "1", "Old", cells=cells(rel=["20", "98"], time=[5], ghost="x")),
            Item("20", "2", "Llama", cells=cells(links=["10"]), subscribers=("1", "2")),
        ],
        [Update("u1", "10", "Hi"), Update("u2", "10", "Yes", reply_to="u1")],
        [Asset("f1", "a.png", "11", size=2_048), Asset("f2", "b.png", "20")],
    )


def world(held: MemoryRecords | None = None) -> World:
    """Nothing is done yet."""
    return World(held or records(), mapping(), convert, comment, People(), lambda keys: {})
