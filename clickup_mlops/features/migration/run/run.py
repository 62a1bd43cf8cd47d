"""A whole run: Folders and Lists, tasks, what ties them together, comments, files, archiving.

It reads what was staged, in pages, and asks the journal about each step: so it continues where an
earlier one stopped, and a run after a complete one writes nothing.
"""

from collections.abc import Iterator

from clickup_mlops.errors import ClickUpMlopsError, InputError
from clickup_mlops.features.migration import places, records
from clickup_mlops.features.migration.mapping.model import BoardTable
from clickup_mlops.features.migration.records import Asset, Board, Item, Update
from clickup_mlops.features.migration.run.counting import Counting
from clickup_mlops.features.migration.run.model import (
    MALFORMED,
    Conversion,
    Options,
    Ran,
    Report,
    quiet,
)
from clickup_mlops.features.migration.run.naming import name_of
from clickup_mlops.features.migration.run.performing import Outcome, Performer
from clickup_mlops.features.migration.run.tools import Tools
from clickup_mlops.features.migration.run.workers import Workers
from clickup_mlops.features.migration.source import Expects
from clickup_mlops.features.migration.steps import (
    AddFile,
    AddTime,
    AddWatchers,
    ArchiveTask,
    Deferred,
    Step,
)
from clickup_mlops.features.migration.tables.migration_records import StagedRecord
from clickup_mlops.features.migration.tables.migration_steps import BEGUN, DONE

_ARCHIVED = b'"archived":true'


def run(tools: Tools, options: Options, report: Report = quiet) -> Ran:
    """Move what has not been moved yet.

    An error that ends the run early is in the result's `stopped`; run again to continue.

    Raises:
        InputError: nothing was read from the source, or ClickUp lacks what the mapping names.
        ApiError: ClickUp cannot be read.
    """
    reading = tools.staged.reading
    if reading is None:
        raise InputError("nothing has been read from the source yet")
    before = tools.clickup.calls
    if options.create_places:
        _create_places(tools)
    places.check(tools.places, tools.mapping)
    total = sum(reading.counts.get(kind, 0) for kind in _counted(tools, options))
    counting = Counting(
        tools.clickup, report, total, before, lambda key: name_of(tools.staged, key)
    )
    try:
        _Run(tools, options, counting).all()
    except ClickUpMlopsError as problem:
        counting.ran.stopped = problem
    return counting.finish()


def _counted(tools: Tools, options: Options) -> tuple[str, ...]:
    kinds = {
        "item": True,
        "update": tools.mapping.updates,
        "asset": tools.mapping.files and options.files,
    }
    return tuple(kind for kind, is_wanted in kinds.items() if is_wanted)


def _create_places(tools: Tools) -> None:
    for table in tools.mapping.boards.values():
        for path in places.paths(table):
            key = f"place:{places.show(path)}"
            list_, earlier = tools.places.find(path), tools.journal.get(key)
            if list_ is None:
                tools.journal.begin(key, "", {"list": True})
                for created_path, object_id in tools.places.create(path):
                    about = {"list": created_path == path}
                    tools.journal.complete(
                        f"place:{places.show(created_path)}", object_id, "", about
                    )
            elif earlier is not None and earlier.state == BEGUN:
                tools.journal.complete(key, list_.id, "", {"list": True})


class _Run:
    """One run; `tried` are the tasks that it could not create."""

    def __init__(self, tools: Tools, options: Options, counting: Counting) -> None:
        self._tools, self._options, self._counting = tools, options, counting
        self._performer = Performer(tools, options)
        self._tried: set[str] = set()
        self._created = 0

    def all(self) -> None:
        """Everything, in its order."""
        self._tasks()
        self._expect_files()
        with Workers(self._options.workers) as workers:
            for pass_ in (self._deferred, self._comments, self._files, self._archived):
                for step, source_hash in pass_():
                    self._submit(workers, step, source_hash)
                # The next one may need what this one makes.
                workers.drain()

    def _expect_files(self) -> None:
        """Say which files will be read, also if the source was read in an earlier process."""
        source = self._tools.source
        if self._tools.mapping.files and self._options.files and isinstance(source, Expects):
            for board_id in self._tools.mapping.boards:
                source.expect(self._tools.staged.assets(board_id))

    def _submit(self, workers: Workers, step: Step, source_hash: str) -> None:
        workers.submit(step.item_id, lambda: self._perform(step, source_hash))

    def _perform(self, step: Step, source_hash: str) -> None:
        self._counting.count(step.key, self._performer.perform(step, source_hash))

    # Tasks

    def _tasks(self) -> None:
        """Sweep over the items until none is left whose parent has a task.

        Sources give parents first, so that one sweep is enough; those that do not cost more.
        """
        is_first = True
        while True:
            began = self._created
            waiting = sum(self._sweep(is_first))
            if not waiting or self._created == began or self._is_enough():
                break
            is_first = False
        self._counting.waits("the parent item's task", waiting)

    def _sweep(self, is_first: bool) -> Iterator[bool]:
        """Create the tasks that can be created; gives whether each of the others waits."""
        for board, table, row in self._rows("item"):
            earlier = self._tools.journal.get(f"task:{row.id}")
            if earlier is not None and earlier.state == DONE:
                if is_first:
                    self._counting.count(earlier.key, Outcome("skipped"))
            elif self._is_enough():
                self._counting.ran.left += 1
            elif row.id not in self._tried:
                yield self._item(board, table, row)

    def _item(self, board: Board, table: BoardTable, row: StagedRecord) -> bool:
        item = records.loads(Item, row.body)
        if item.parent_id and self._tools.journal.task(item.parent_id) is None:
            return True
        converted = self._converted(item, board, table)
        if isinstance(converted, Outcome):
            self._note(row, converted)
            return False
        outcome = self._performer.perform(converted.task, row.hash)
        if outcome.state in ("done", "found"):
            # Files are known of already: the source counts them.
            more = [
                step for step in self._deferred_steps(converted) if not isinstance(step, AddFile)
            ]
            self._counting.discovered(len(more))
            self._counting.record_losses([loss.what for loss in converted.losses])
            self._created += 1
        self._note(row, outcome)
        return False

    def _note(self, row: StagedRecord, outcome: Outcome) -> None:
        if outcome.state not in ("done", "found"):
            self._tried.add(row.id)
        self._counting.count(f"task:{row.id}", outcome)

    def _is_enough(self) -> bool:
        limit = self._options.limit
        return limit is not None and self._created >= limit

    def _converted(self, item: Item, board: Board, table: BoardTable) -> Conversion | Outcome:
        tools = self._tools
        try:
            return tools.convert(item, board, table, tools.mapping, tools.lookup)
        except MALFORMED as problem:
            return Outcome("failed", f"it cannot be converted: {problem!r:.200}")

    # What needs the tasks

    def _deferred(self) -> Iterator[tuple[Step, str]]:
        for board, table, row in self._rows("item"):
            if self._tools.journal.task(row.id) is None:
                continue
            item = records.loads(Item, row.body)
            converted = self._converted(item, board, table)
            if isinstance(converted, Outcome):
                # It has a task from an earlier run: the mapping was changed since.
                self._counting.count(f"task:{row.id}", converted)
                continue
            for step in (*self._deferred_steps(converted), *self._watchers(item)):
                yield step, row.hash

    def _deferred_steps(self, converted: Conversion) -> list[Deferred]:
        mapping, with_files = self._tools.mapping, self._options.files
        unwanted: tuple[type[Deferred], ...] = ()
        if not (mapping.files and with_files):
            unwanted += (AddFile,)
        if not mapping.time:
            unwanted += (AddTime,)
        return [step for step in converted.deferred if not isinstance(step, unwanted)]

    def _watchers(self, item: Item) -> Iterator[AddWatchers]:
        if not self._tools.mapping.subscribers:
            return
        user_ids = (self._tools.lookup.person(user_id) for user_id in item.subscribers)
        users = tuple(sorted({user_id for user_id in user_ids if user_id is not None}))
        if users:
            yield AddWatchers(item.id, users)

    def _comments(self) -> Iterator[tuple[Step, str]]:
        if not self._tools.mapping.updates:
            return
        for _board, _table, row in self._rows("update"):
            update = records.loads(Update, row.body)
            if self._tools.journal.task(update.item_id) is None:
                self._counting.count(f"comment:{update.id}", Outcome("waiting", "the item's task"))
                continue
            try:
                step, losses = self._tools.commented(update)
            except MALFORMED as problem:
                reason = f"it cannot be converted: {problem!r:.200}"
                self._counting.count(f"comment:{update.id}", Outcome("failed", reason))
                continue
            self._counting.record_losses([loss.what for loss in losses])
            yield step, row.hash

    def _files(self) -> Iterator[tuple[Step, str]]:
        if not (self._tools.mapping.files and self._options.files):
            return
        for _board, _table, row in self._rows("asset"):
            asset = records.loads(Asset, row.body)
            if not self._tools.staged.is_in_column(asset):
                yield AddFile(asset.id, asset.item_id, asset.name), row.hash

    def _archived(self) -> Iterator[tuple[Step, str]]:
        for _board, _table, row in self._rows("item"):
            # Few are: the bytes spare reading the others.
            if _ARCHIVED in row.body and records.loads(Item, row.body).archived:
                yield ArchiveTask(row.id), row.hash

    # Reading

    def _rows(self, kind: str) -> Iterator[tuple[Board, BoardTable, StagedRecord]]:
        staged, mapping = self._tools.staged, self._tools.mapping
        for board_id, table in mapping.boards.items():
            board = staged.board(board_id)
            if board is not None:
                for row in staged.rows(kind, board_id):
                    yield board, table, row
