"""Finds what has changed: the newest reading against the journal, and both against ClickUp.

Reads ClickUp only about what the source has changed: one call for each such item, and one or more
for the comments of each item with an edited update.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from typing import Any

from clickup_mlops.clickup import blocks
from clickup_mlops.clickup.content import Comment
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import NotFound
from clickup_mlops.features.migration import records
from clickup_mlops.features.migration.delta.decide import Situation, decide
from clickup_mlops.features.migration.delta.fields import RELATION, TIME, Span, desired, named
from clickup_mlops.features.migration.delta.model import (
    About,
    Conflict,
    DeltaPlan,
    Edit,
    Gone,
    Manual,
    Settled,
    Update,
)
from clickup_mlops.features.migration.delta.snapshot import STEPS, Snapshot
from clickup_mlops.features.migration.journal import read_written, text_hash
from clickup_mlops.features.migration.mapping.model import BoardTable
from clickup_mlops.features.migration.records import Asset, Board, Item
from clickup_mlops.features.migration.records import Update as SourceUpdate
from clickup_mlops.features.migration.run.finding import marker
from clickup_mlops.features.migration.run.model import MALFORMED, Conversion
from clickup_mlops.features.migration.run.tools import Tools
from clickup_mlops.features.migration.steps import (
    AddDependency,
    AddFile,
    AddLink,
    AddTime,
    Deferred,
)
from clickup_mlops.features.migration.tables.migration_records import StagedRecord
from clickup_mlops.features.migration.tables.migration_steps import DONE, FAILED, JournaledStep


def survey(tools: Tools, snapshot: Snapshot) -> DeltaPlan:
    """What has changed since the run. Changes nothing.

    Raises:
        ApiError: ClickUp cannot be read.
    """
    inspection = _Survey(tools, snapshot)
    reading = tools.staged.reading
    unread = reading.unread if reading else ()
    for board_id, table in tools.mapping.boards.items():
        board = tools.staged.board(board_id)
        if board is not None and board_id not in unread:
            inspection.board(board, table)
    return inspection.plan


class _Survey:
    """Collects a plan, board by board."""

    def __init__(self, tools: Tools, snapshot: Snapshot) -> None:
        self.plan = DeltaPlan()
        self._tools, self._snapshot = tools, snapshot
        self._talk: tuple[str, Sequence[Comment]] = ("", ())

    def board(self, board: Board, table: BoardTable) -> None:
        """One board: items, updates, files, and what is gone."""
        for row, step in self._steps("item", board.id):
            self._item(board, table, row, step)
        if self._tools.mapping.updates:
            for row, step in self._steps("update", board.id):
                self._update(row, step)
        if self._tools.mapping.files:
            for row in self._tools.staged.rows("asset", board.id):
                self._asset(row)
        self._note_removed(board.id)

    def _steps(self, kind: str, board_id: str) -> Iterator[tuple[StagedRecord, JournaledStep]]:
        """The records that have changed since they were moved; those without a step are new."""
        for row in self._tools.staged.rows(kind, board_id):
            step = self._tools.journal.get(f"{STEPS[kind]}:{row.id}")
            if step is None or step.state != DONE:
                self.plan.new[kind] += self._is_new(row, step)
            elif step.source_hash != row.hash:
                self.plan.hashes[step.key] = row.hash
                yield row, step

    def _is_new(self, row: StagedRecord, step: JournaledStep | None) -> bool:
        """Whether a run will try it: not what ClickUp refused before, nor what belongs to that."""
        if step is not None and step.state == FAILED and step.source_hash == row.hash:
            return False
        if row.kind != "update":
            return True
        above = self._tools.journal.get(f"task:{records.loads(SourceUpdate, row.body).item_id}")
        return above is None or above.state != FAILED

    # Items

    def _item(
        self, board: Board, table: BoardTable, row: StagedRecord, step: JournaledStep
    ) -> None:
        item = records.loads(Item, row.body)
        try:
            task = self._tools.clickup.tasks.get(step.target, include_markdown=True)
        except NotFound:
            self._manual(About(item.id, item.name, step.target), "its task is gone", step.key)
            return
        about = About(item.id, item.name, step.target, task.url)
        try:
            new = self._converted(item, board, table)
        except MALFORMED as problem:
            reason = f"it cannot be converted: {problem!r:.200}"
            self._manual(about, reason, step.key)
            return
        self._count_relations(new)
        self._decide(
            about, step, task, self._old(board, table, step, task), self._desired(new, task)
        )

    def _decide(
        self,
        about: About,
        step: JournaledStep,
        task: Task,
        old: ReadOnly[str, Any] | None,
        new: ReadOnly[str, Any],
    ) -> None:
        related = self._related(about.item, {**(old or {}), **new})
        tasks = self._tasks(old or {}, new)
        entries = self._entries(about, old or {}, new)
        case = Situation(about, old, new, read_written(step), task, related, tasks, entries)
        settled: list[str] = []
        for decision in decide(case):
            if isinstance(decision, Update):
                self.plan.updates.append(decision)
            elif isinstance(decision, Conflict):
                self.plan.conflicts.append(decision)
            elif isinstance(decision, Manual):
                self.plan.manual.append(decision)
            else:
                settled.append(decision)
        self.plan.settled.append(Settled(step.key, self.plan.hashes[step.key], tuple(settled)))

    def _converted(self, item: Item, board: Board, table: BoardTable) -> Conversion:
        return self._tools.convert(item, board, table, self._tools.mapping, self._tools.lookup)

    def _old(
        self, board: Board, table: BoardTable, step: JournaledStep, task: Task
    ) -> dict[str, Any] | None:
        item_id = step.key.partition(":")[2]
        row = self._snapshot.get("item", item_id, step.source_hash)
        if row is None:
            return None
        try:
            return self._desired(self._converted(records.loads(Item, row.body), board, table), task)
        except MALFORMED:
            return None

    def _desired(self, conversion: Conversion, task: Task) -> dict[str, Any]:
        """What a conversion wants, with tasks in relationship fields. Where no field has the item's
        id, the last line of the text has it.
        """
        fields = desired(conversion.task, conversion.deferred)
        for key in fields:
            if key.startswith(RELATION):
                tasks = (self._tools.journal.task(item_id) for item_id in fields[key])
                fields[key] = sorted(task for task in tasks if task)
        id_field = self._tools.mapping.id_field
        if named(task, id_field) is None:
            last = marker(id_field, conversion.task.item_id)
            fields["text"] = "\n\n".join(filter(None, (conversion.task.markdown, last)))
        return fields

    def _related(self, item_id: str, fields: ReadOnly[str, Any]) -> dict[str, tuple[str, ...]]:
        """The tasks that the run put into relationship fields."""
        task_ids = {}
        for key in fields:
            if key.startswith(RELATION):
                step = self._tools.journal.get(f"relation:{item_id}:{key.removeprefix(RELATION)}")
                if step is not None and step.state == DONE:
                    task_ids[key] = tuple(read_written(step).get("others") or ())
        return task_ids

    def _tasks(self, *versions: ReadOnly[str, Any]) -> dict[str, str]:
        """The tasks of the items that are named as parent, or in dependencies and links."""
        items = {
            item_id
            for values in versions
            for key in ("parent", "waits_for", "links")
            for item_id in _listed(values.get(key))
        }
        pairs = ((item_id, self._tools.journal.task(item_id)) for item_id in items)
        return {item_id: task for item_id, task in pairs if task is not None}

    def _entries(
        self, about: About, old: ReadOnly[str, Any], new: ReadOnly[str, Any]
    ) -> list[Span]:
        """The time entries that only ClickUp still has, of those that were moved."""
        removed = [span for span in old.get(TIME, ()) if span not in new.get(TIME, ())]
        return [span for span in removed if self._is_tracked(about, span)]

    def _is_tracked(self, about: About, span: Span) -> bool:
        tools = self._tools
        entry = tools.journal.target(AddTime(about.item, *span).key)
        entries = tools.clickup.time_entries.of_everybody(about.task) if entry else ()
        return entry in {existing.id for existing in entries}

    def _count_relations(self, conversion: Conversion) -> None:
        """Relations, time and files of a column that are new; a run adds them."""
        for step in conversion.deferred:
            if self._is_wanted(step) and self._tools.journal.get(step.key) is None:
                self.plan.new[step.key.partition(":")[0]] += 1

    def _is_wanted(self, step: Deferred) -> bool:
        mapping = self._tools.mapping
        if isinstance(step, AddFile):
            return mapping.files
        if isinstance(step, AddTime):
            return mapping.time
        return all(self._tools.staged.item(item_id) for item_id in _related_ids(step))

    # Updates and files

    def _update(self, row: StagedRecord, step: JournaledStep) -> None:
        update = records.loads(SourceUpdate, row.body)
        item = self._tools.staged.item(update.item_id)
        task_id = self._tools.journal.task(update.item_id) or ""
        about = About(update.item_id, item.name if item else update.item_id, task_id)
        try:
            comment_step, _ = self._tools.commented(update)
        except MALFORMED as problem:
            self._manual(about, f"update {update.id} cannot be converted: {problem!r}", step.key)
            return
        if text_hash(comment_step.markdown) == read_written(step).get("hash"):
            self._settle(step)
            return
        comment = self._comment(task_id, comment_step.reply_to, step.target)
        self._compare(about, step, comment_step.markdown, self._old_text(step), comment)

    def _compare(
        self, about: About, step: JournaledStep, new: str, old: str | None, comment: Comment | None
    ) -> None:
        update_id = step.key.partition(":")[2]
        if comment is not None and _is_shown(new, comment):
            self._settle(step)
        elif comment is not None and old is not None and _is_shown(old, comment):
            self.plan.edits.append(Edit(about, update_id, comment.id, old, new))
        else:
            current = comment.text if comment else ""
            self.plan.conflicts.append(Conflict(about, "comment", old, new, current, step.key))

    def _settle(self, step: JournaledStep) -> None:
        self.plan.settled.append(Settled(step.key, self.plan.hashes[step.key]))

    def _old_text(self, step: JournaledStep) -> str | None:
        row = self._snapshot.get("update", step.key.partition(":")[2], step.source_hash)
        if row is None:
            return None
        try:
            return self._tools.commented(records.loads(SourceUpdate, row.body))[0].markdown
        except MALFORMED:
            return None

    def _comment(self, task_id: str, reply_to: str | None, comment_id: str) -> Comment | None:
        thread = self._tools.journal.target(f"comment:{reply_to}") if reply_to else None
        place = thread or task_id
        if self._talk[0] != place:
            comments = self._tools.clickup.comments
            try:
                thread_comments = (
                    comments.replies(place) if thread else tuple(comments.of_task(place))
                )
            except NotFound:
                thread_comments = ()
            self._talk = (place, thread_comments)
        return next((comment for comment in self._talk[1] if comment.id == comment_id), None)

    def _asset(self, row: StagedRecord) -> None:
        if self._tools.journal.get(f"file:{row.id}") is not None:
            return
        if not self._tools.staged.is_in_column(records.loads(Asset, row.body)):
            self.plan.new["asset"] += 1

    def _note_removed(self, board_id: str) -> None:
        for kind, step_kind in {**STEPS, "asset": "file"}.items():
            for row in self._tools.staged.gone(kind, board_id):
                target = self._tools.journal.target(f"{step_kind}:{row.id}")
                if target is not None:
                    self.plan.gone.append(Gone(kind, row.id, _name(row), target))

    def _manual(self, about: About, reason: str, key: str) -> None:
        self.plan.manual.append(Manual(about, reason, key))


def _listed(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else [value] if value else []


def _related_ids(step: Deferred) -> tuple[str, ...]:
    if isinstance(step, AddDependency):
        return (step.waits_for,)
    return (step.other,) if isinstance(step, AddLink) else ()


def _is_shown(markdown: str, comment: Comment) -> bool:
    return blocks.is_shown(blocks.from_markdown(markdown), comment.text)


def _name(row: StagedRecord) -> str:
    if row.kind == "item":
        return records.loads(Item, row.body).name
    if row.kind == "asset":
        return records.loads(Asset, row.body).name
    return records.loads(SourceUpdate, row.body).html[:60]
