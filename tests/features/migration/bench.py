"""A ClickUp sandbox, a store and a source in memory: what tests of a run work with."""

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.features.migration.columns._model import Lookup, Loss
from clickup_mlops.features.migration.journal import Journal
from clickup_mlops.features.migration.mapping.model import (
    BoardTable,
    Mapping,
    PersonTable,
    PlaceTable,
    SourceTable,
)
from clickup_mlops.features.migration.people import Directory
from clickup_mlops.features.migration.places import Places
from clickup_mlops.features.migration.records import Asset, Board, Cell, Item, Person, Update
from clickup_mlops.features.migration.run.model import Options, Ran, Report, quiet
from clickup_mlops.features.migration.run.run import run
from clickup_mlops.features.migration.run.tools import Tools
from clickup_mlops.features.migration.staging import Staged, fetch
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
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from clickup_mlops.features.migration.tables.migration_steps import MigrationSteps
from clickup_mlops.sandbox import Sandbox, running
from clickup_mlops.sandbox.clickup.state.time.entries import TimeEntry
from clickup_mlops.store import Store
from tests.empty import store_at
from tests.features.migration.memory_source import MemorySource
from tests.features.provisioning.killing import mortal

NAME = "move"
PLACE = ("Team", "Work", "Tasks")
HOUR_MS = 3_600_000
_NO_NAMES: ReadOnly[str, str] = {}


@dataclass(frozen=True)
class Converted:
    """What the tests' conversion gives."""

    task: CreateTask
    deferred: tuple[Deferred, ...] = ()
    losses: tuple[Loss, ...] = ()


def convert(
    item: Item, board: Board, table: BoardTable, mapping: Mapping, lookup: Lookup
) -> Converted:
    """Cells are called as what they become; `bad` cannot be converted."""
    cells = {key: cell.value for key, cell in item.cells.items()}
    if "bad" in cells:
        raise ValueError(cells["bad"])
    place = table.place
    task = CreateTask(
        item.id,
        (place.space, place.folder, place.list),
        item.name,
        item.parent_id,
        item.description,
        dict(cells.get("attributes", {})),
        dict(cells.get("fields", {})),
    )
    losses = tuple(Loss(loss) for loss in cells.get("losses", ()))
    return Converted(task, tuple(deferred(item.id, cells)), losses)


def deferred(item_id: str, cells: ReadOnly[str, Any]) -> Iterator[Deferred]:
    """The steps that wait until there are tasks."""
    yield from (AddDependency(item_id, wait) for wait in cells.get("waits", ()))
    yield from (AddLink(item_id, link) for link in cells.get("links", ()))
    if "related" in cells:
        yield SetRelation(item_id, "Related", tuple(cells["related"]))
    yield from (AddTime(item_id, *cell) for cell in cells.get("time", ()))
    yield from (AddFile(file["asset"], item_id, file["name"]) for file in cells.get("files", ()))


def comment(
    update: Update, mapping: Mapping, lookup: Lookup, names: ReadOnly[str, str] = _NO_NAMES
) -> tuple[AddComment, list[Loss]]:
    """The text as it is; `bad` cannot be converted."""
    if update.html == "bad":
        raise ValueError(update.html)
    return AddComment(update.id, update.item_id, update.html, update.reply_to), []


def item(item_id: str, parent: str | None = None, /, name: str = "", **cells: Any) -> Item:
    """An item of board `b`."""
    values = {key: Cell(value) for key, value in cells.items()}
    return Item(item_id, "b", name or f"Item {item_id}", parent_id=parent, cells=values)


def sample() -> MemorySource:
    """A board with everything: subitems to a depth of two, relations, threads, files, time."""
    return MemorySource(
        board_list=[Board("b", "Serving")],
        item_list=[
            item("1", attributes={"status": "in progress", "priority": 2, "tags": ["gpu"]}),
            item("2", "1", waits=["1"]),
            item("3", "2", fields={"Model": "llama"}),
            item("4", waits=["3"], links=["1"], related=["1", "2"]),
            item("5", files=[{"asset": "a1", "name": "log.txt"}], time=[(HOUR_MS, 60_000, None)]),
        ],
        update_list=[
            Update("u1", "1", "**Ada**: first"),
            Update("u2", "1", "Ada: again"),
            Update("u3", "1", "Ada: again", reply_to="u1"),
            Update("u4", "1", "Ada: again"),
        ],
        asset_list=[
            Asset("a1", "log.txt", "5", size=3),
            Asset("a2", "plot.png", "1", update_id="u1", size=5),
            Asset("a3", "plot.png", "1", update_id="u2", size=5),
        ],
        person_list=[Person("p1", "Maria"), Person("p2", "Nobody")],
        contents={"a1": b"oom", "a2": b"12345", "a3": b"12345"},
    )


def mapping(**more: Any) -> Mapping:
    """Board `b` goes to the sandbox's List "Tasks"."""
    place = PlaceTable(space=PLACE[0], folder=PLACE[1], list=PLACE[2])
    return Mapping(
        name=NAME,
        source=SourceTable(kind="memory"),
        boards={"b": BoardTable(name="Serving", place=place, groups="none")},
        people={
            "p1": PersonTable(name="Maria", email="MARIA@example.com"),
            "p2": PersonTable(name="Nobody"),
        },
        **more,
    )


class Bench:
    """One migration into one workspace."""

    def __init__(self, sandbox: Sandbox, store: Store, source: MemorySource) -> None:
        self.sandbox, self.store, self.source = sandbox, store, source
        self.control, self.world = sandbox.control, sandbox.control.world
        self.client = mortal(sandbox)
        self.mapping = mapping()
        self.journal = Journal(store.table(MigrationSteps), NAME, self.now_ms)
        self.staged = Staged(store.table(MigrationRecords), NAME)

    def now_ms(self) -> int:
        """The sandbox's clock."""
        return int(self.control.clock.now_ms())

    def fetch(self) -> None:
        """Read the source."""
        fetch(self.source, self.store.table(MigrationRecords), self.mapping)

    def tools(self, client: ClickUp | None = None) -> Tools:
        """What a run works with; waiting lets the sandbox's clock run on."""
        client = client or self.client
        (workspace,) = client.authorization.workspaces()
        return Tools(
            client,
            self.sandbox.team_id,
            self.mapping,
            self.source,
            self.staged,
            self.journal,
            Places(client, self.sandbox.team_id),
            Directory(self.mapping, self.staged.people(), workspace.members),
            convert,
            comment,
            self.now_ms,
            lambda seconds: self.control.clock.advance(int(seconds * 1000)),
        )

    def run(self, client: ClickUp | None = None, report: Report = quiet, **options: Any) -> Ran:
        """Read the source, if that was not done, and run."""
        if not self.staged.is_complete:
            self.fetch()
        return run(self.tools(client), replace(Options(workers=1), **options), report)

    def complete(self, client: ClickUp | None = None, **options: Any) -> Ran:
        """A run that leaves nothing."""
        ran = self.run(client, **options)
        if ran.stopped is not None:
            raise ran.stopped
        assert ran.is_complete, ran
        return ran

    def writes(self) -> int:
        """Calls so far that were no reads."""
        calls = self.control.stats.to_dict()["calls"]
        return sum(call["count"] for call in calls if call["method"] != "GET")

    def state(self) -> Any:
        """What a person sees, without ids of ClickUp's and times."""
        with self.world.change():
            return {
                "tasks": sorted((self._task(task) for task in self.world.tasks), key=str),
                "time": sorted(
                    (self._source_id(time_entry.task_id), time_entry.start, time_entry.end)
                    for time_entry in self.world.table(TimeEntry)
                ),
            }

    def _source_id(self, task_id: str | None) -> str:
        names = {field.id: field.name for field in self.world.fields}
        task = self.world.tasks[task_id or ""]
        values = {names[key]: value for key, value in task.values.items()}
        return str(values.get("Source ID", task.name))

    def _task(self, task: Any) -> Any:
        threads = [comment for comment in self.world.comments if comment.on_id == task.id]
        return {
            "id": self._source_id(task.id),
            "name": task.name,
            "parent": self._source_id(task.parent) if task.parent else "",
            "status": task.status,
            "priority": task.priority,
            "tags": sorted(task.tags),
            "watchers": sorted(task.watchers),
            "archived": task.archived,
            "waits for": sorted(
                self._source_id(dependency["depends_on"])
                for dependency in task.dependencies
                if dependency["task_id"] == task.id
            ),
            "links": sorted(self._source_id(link["link_id"]) for link in task.links),
            "related": sorted(map(self._source_id, self._related(task))),
            "files": sorted(
                (attachment["title"], attachment["size"]) for attachment in task.attachments
            ),
            "comments": sorted(
                (
                    thread.text.strip(),
                    sorted(r.text.strip() for r in self.world.comments if r.reply_to == thread.id),
                )
                for thread in threads
                if thread.reply_to is None
            ),
        }

    def _related(self, task: Any) -> list[str]:
        fields = {field.id: field for field in self.world.fields}
        result = [value for key, value in task.values.items() if fields[key].name == "Related"]
        return [
            entry["id"] if isinstance(entry, dict) else str(entry) for entry in (result or [[]])[0]
        ]


@contextmanager
def bench(folder: Path, source: MemorySource | None = None, **options: Any) -> Iterator[Bench]:
    """A fresh workspace with the fields that the sample needs, and an empty store."""
    with (
        running(rate_limit=0, **options) as sandbox,
        Store.open(store_at(folder / "bot.db")) as store,
    ):
        for name, kind in (("Source ID", "short_text"), ("Model", "short_text")):
            sandbox.control.create_field(name, kind, list_name=PLACE[-1])
        sandbox.control.create_field("Related", "tasks", list_name=PLACE[-1])
        yield Bench(sandbox, store, source or sample())
