"""Reads both sides afresh and compares them: the source once, ClickUp by pages of its Lists.

A task is found by the id that its field holds, never by what a run has noted. Calls to ClickUp:
one per hundred tasks and List, and, unless it is quick, one per item with updates, one per comment
with replies, one per item with files and one per item with tracked time.
"""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from datetime import tzinfo
from itertools import chain
from typing import BinaryIO

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.content import Attachment
from clickup_mlops.errors import ContentError, Forbidden, NotFound
from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.features.migration.mapping.gaps import gaps
from clickup_mlops.features.migration.mapping.model import Mapping, Place
from clickup_mlops.features.migration.records import Board, Item
from clickup_mlops.features.migration.source import Source
from clickup_mlops.features.migration.verification_summary import VerificationSummary
from clickup_mlops.features.migration.verify import comments, files, items, places, relations, times
from clickup_mlops.features.migration.verify.fields import Finding
from clickup_mlops.features.migration.verify.files import Content
from clickup_mlops.features.migration.verify.finding_log import FindingLog
from clickup_mlops.features.migration.verify.index import Index, Named
from clickup_mlops.features.migration.verify.items import Side
from clickup_mlops.features.migration.verify.people import People
from clickup_mlops.features.migration.verify.task_state import TaskState, see
from clickup_mlops.features.provisioning.apply.created_objects import Own, no_own

Progress = Callable[[str, int], None]
"""Called with what has been read or compared, and how many of it so far."""


@dataclass(frozen=True, slots=True)
class Options:
    """`quick`: without comments, files and time entries. `attachment` reads a file of ClickUp, to
    compare the contents, not only names and sizes.
    """

    quick: bool = False
    attachment: Callable[[Attachment], BinaryIO] | None = None


@dataclass(slots=True)
class Verified:
    """What a verification found.

    `problems`: boards and Lists that could not be compared; `notes`: what else of the source could
    not be read, so that nothing became of it; `gaps`: what the mapping does not have. One sentence
    each. `began_ms`: when the reading of the source began (Unix ms).
    """

    summary: VerificationSummary
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    calls: int = 0
    source_calls: int = 0
    gaps: tuple[str, ...] = ()
    began_ms: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether everything that the mapping names was compared and is equal."""
        return self.summary.is_clean and not self.problems


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides, and the mapping between them. `clickup` with the priority class to be used.

    `automations`: what automations wrote to a task, by its id; a priority of theirs, where the
    source has none, is no difference.
    """

    source: Source
    clickup: ClickUp
    team_id: str
    mapping: Mapping
    automations: Callable[[str], Own] = no_own


def verify(
    sides: Sides,
    now_ms: int,
    options: Options | None = None,
    progress: Progress = lambda _kind, _count: None,
) -> Verified:
    """Compare everything that the mapping names.

    Raises:
        ApiError: one of the sides cannot be read.
    """
    source, clickup = sides.source, sides.clickup
    calls, source_calls = clickup.calls, source.calls
    with Index() as index:
        check = _Check(sides, options or Options(), index, progress)
        check.run()
    return Verified(
        check.found.summary(now_ms),
        tuple(check.problems),
        tuple(dict.fromkeys(source.problems)),
        clickup.calls - calls,
        source.calls - source_calls,
        mapping_file.lines(gaps(sides.mapping, check.boards, check.other_boards)),
    )


class _Check:
    """One verification."""

    def __init__(self, sides: Sides, options: Options, index: Index, progress: Progress) -> None:
        self.found, self.problems = FindingLog(), list[str]()
        self.boards, self.other_boards = list[Board](), dict[str, str]()
        self._source, self._clickup = sides.source, sides.clickup
        self._team_id, self._mapping = sides.team_id, sides.mapping
        self._options, self._index = options, index
        self._automations = sides.automations
        self._progress = progress
        self._lists: ReadOnly[str, Place] = {}
        self._people = People(sides.mapping.people, frozenset())
        self._zone: tzinfo | None = None

    def run(self) -> None:
        """Both sides, then what needs both."""
        self._read_clickup()
        self._people.learn(self._source.people())
        for board in self._source.boards():
            if board.id in self._mapping.boards:
                self.boards.append(board)
                self._guarded(board)
            else:
                self.other_boards[board.id] = board.name
        self._compare_relations()
        for task in self._index.extra():
            # A source that could not be read to its end knows not all of its items.
            if not self.problems:
                self.found.exceed(task)
        if not self._options.quick:
            self._compare_comments()
            self._compare_files()

    def _read_clickup(self) -> None:
        self._lists = places.find(self._clickup, self._team_id, self._mapping)
        lacking = places.missing(self._mapping, dict(self._lists))
        self.problems += [
            f'ClickUp has no List "{places.format_place(place)}"' for place in lacking
        ]
        members = (
            person.email.casefold()
            for workspace in self._clickup.authorization.workspaces()
            if workspace.id == self._team_id
            for person in workspace.members
        )
        self._people.members = frozenset(members)
        self._zone = self._clickup.authorization.time_zone()
        count = 0
        for list_id in self._lists:
            count += self._index.put_tasks(self._tasks(list_id))
            self._progress("task", count)

    def _tasks(self, list_id: str) -> Iterator[TaskState]:
        for archived in (False, True) if self._mapping.source.archived else (None,):
            tasks = self._clickup.tasks.in_list(
                list_id,
                include_closed=True,
                subtasks=True,
                include_markdown=True,
                archived=archived,
            )
            yield from (see(task, self._mapping.id_field) for task in tasks)

    def _guarded(self, board: Board) -> None:
        self.found.boards.append(board.id)
        try:
            self._compare_board(board)
        except (NotFound, Forbidden, ContentError) as problem:
            self.problems.append(f'board "{board.name}" ({board.id}): {problem}')

    def _compare_board(self, board: Board) -> None:
        side = Side(board, self._mapping.boards[board.id], self._people, self._zone)
        for item in self._source.items(board):
            if self._index.put_item(item):
                self._index.put_relations(relations.desired_relations(side, item))
                self._compare_item(side, item)
                self.found.compared += 1
                self._progress("item", self.found.compared)
        if not self._options.quick:
            if self._mapping.updates:
                self._index.put_parts(self._source.updates(board))
            if self._mapping.files:
                self._index.put_parts(self._source.assets(board))

    def _compare_item(self, side: Side, item: Item) -> None:
        named = Named(item.id, item.name, item.board_id)
        first, *duplicates = self._index.tasks_of(item.id) or (None,)
        if first is None:
            self.found.miss(named)
            return
        for duplicate in duplicates:
            if duplicate is not None:
                self.found.add(named, "task twice", ("", duplicate.url), first.url)
        for field, finding in chain(
            items.compare(side, item, first),
            self._place(side, item, first),
            self._state(item, first),
            self._time(side, item, first),
        ):
            if not (field == "priority" and self._is_routed(first)):
                self.found.add(named, field, finding, first.url)

    def _is_routed(self, task: TaskState) -> bool:
        """Whether the bot gave the task its priority."""
        return task.priority in self._automations(task.id).priority

    def _place(self, side: Side, item: Item, task: TaskState) -> Iterator[tuple[str, Finding]]:
        """The List and the parent."""
        desired, have = places.place_of(side.table, item), self._lists.get(task.list_id)
        if desired is not None and have is not None and desired != have:
            yield "list", (places.format_place(desired), places.format_place(have))
        parent = self._index.item_of(task.parent) if task.parent else ""
        if parent != (item.parent_id or "") and (item.parent_id or task.parent):
            yield "parent", (item.parent_id or "", parent or str(task.parent or ""))

    def _state(self, item: Item, task: TaskState) -> Iterator[tuple[str, Finding]]:
        """Who watches it, and whether it is archived, as far as the mapping takes these along."""
        if self._mapping.subscribers:
            emails = self._people.emails([{"id": subscriber} for subscriber in item.subscribers])
            if missing := sorted(set(emails) - set(task.watchers)):
                yield "watchers", (", ".join(missing), ", ".join(task.watchers))
        if self._mapping.source.archived and item.archived != task.archived:
            yield "archived", (str(item.archived).lower(), str(task.archived).lower())

    def _time(self, side: Side, item: Item, task: TaskState) -> Iterator[tuple[str, Finding]]:
        """When time was tracked, and by whom; if the sum is right: else that is said already."""
        source_cells = items.list_source_cells(side, item, "time")
        if self._options.quick or not any(map(times.finished_entries, source_cells)):
            return
        if times.totals(source_cells, task.tracked_ms) is None:
            finding = times.compare(source_cells, self._clickup.time_entries.of_everybody(task.id))
            if finding is not None:
                yield items.titles(source_cells), finding

    def _compare_relations(self) -> None:
        for task in self._index.related():
            self._add_all(task.item, relations.compare(self._index, task), task.url)

    def _compare_comments(self) -> None:
        for task in self._tasks_having("update"):
            existing = [*self._clickup.comments.of_task(task.id)]
            updates = self._index.updates(task.item)
            findings = comments.compare(
                updates, existing, self._clickup.comments.replies, self._people
            )
            self._add_all(task.item, findings, task.url)

    def _compare_files(self) -> None:
        content = Content(self._source.open, self._options.attachment)
        for task in self._tasks_having("asset"):
            raw = self._clickup.tasks.get(task.id).raw
            attached = [Attachment.parse(raw_file) for raw_file in raw.get("attachments") or ()]
            findings = files.compare(self._index.assets(task.item), attached, content)
            self._add_all(task.item, findings, task.url)

    def _tasks_having(self, kind: str) -> Iterator[TaskState]:
        for count, item in enumerate(self._index.having(kind), 1):
            yield from self._index.tasks_of(item.id)[:1]
            self._progress(f"{kind}s of items", count)

    def _add_all(self, item_id: str, findings: Iterable[tuple[str, Finding]], url: str) -> None:
        item = self._index.item(item_id)
        if item is not None:
            for field, finding in findings:
                self.found.add(item, field, finding, url)
