"""Traces of another tool, by the readers of migrations."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Final

from clickup_mlops.features.discovery.model import Need, Reading, Remark, Trace
from clickup_mlops.features.discovery.read.assemble import (
    Stages,
    find_bulk,
    find_journey,
    find_owners,
    find_renamed,
    with_journey,
)
from clickup_mlops.features.discovery.words import (
    find_hosts,
    is_decision,
    is_question,
    is_record,
    strip_markup,
)
from clickup_mlops.features.migration.history import Change, Remembers
from clickup_mlops.features.migration.mapping import words
from clickup_mlops.features.migration.records import Board, Column, Item, Update
from clickup_mlops.features.migration.source import Source
from clickup_mlops.spelling import format_count

Classify = Callable[[str, str], str]
"""Workload of a title and a text; empty: unclear."""
EXPORTS: Final[Mapping[str, str]] = {
    "jira": "JSON of Jira's search API with expand=changelog and the field comment",
    "github": "the events of the repository: gh api --paginate --slurp "
    "repos/OWNER/REPO/issues/events",
    "trello": "the board's JSON while its actions are among the latest 1,000",
    "asana": "JSON of Asana's API with opt_fields=stories",
    "linear": "Linear's CSV has times of start and end only; its API would have the rest",
    "monday": "the activity log within the time for which the account's plan keeps it",
    "monday_export": "Monday.com's API (`discover run monday`): an export has no activity log",
    "csv_file": "an export of the tool itself: a CSV has no history",
}
_LONGEST_TEXT: Final = 1000
"""Characters of a description that are read to recognise the work."""


def read(source: Source, tool: str, now_ms: int, classify: Classify) -> Reading:
    """Everything. An item that is there twice counts once. Closes the source. Raises as it does."""
    traces: dict[str, Trace] = {}
    with closing(source):
        people = {person.id: person for person in source.people()}
        humans = frozenset(id for id, person in people.items() if person.kind != "agent")
        problems: list[str] = []
        for board in source.boards():
            board_reader = _BoardReader(board, humans, classify)
            for trace in board_reader.read(source, now_ms, problems):
                traces.setdefault(trace.id, trace)
        names = {id: person.name for id, person in people.items()}
        calls, problems = source.calls, [*source.problems, *problems]
    all_traces = [*traces.values()]
    return Reading(tool, all_traces, now_ms, lacking(all_traces, tool), names, problems, calls)


def lacking(traces: Sequence[Trace], tool: str) -> dict[Need, str]:
    """What none of the traces has."""
    has: Mapping[Need, bool] = {
        "stages": any(trace.spent for trace in traces),
        "order": any(len(trace.stays) > 1 for trace in traces),
        "people": any(len(trace.owners) > 1 for trace in traces),
        "comments": any(trace.remarks for trace in traces),
        "links": any(trace.remarks for trace in traces),
        "endings": any(trace.ended_ms is not None for trace in traces),
    }
    export = EXPORTS.get(tool, "an export with the history of changes")
    return {need: export for need, is_there in has.items() if not is_there}


@dataclass(slots=True)
class _BoardReader:
    """Reads one board; what is collected of its items is kept until their traces are built."""

    board: Board
    humans: frozenset[str]
    classify: Classify
    changes: dict[str, list[Change]] = field(default_factory=dict)
    remarks: dict[str, list[Remark]] = field(default_factory=dict)

    def read(self, source: Source, now_ms: int, problems: list[str]) -> Iterator[Trace]:
        """The traces of the board."""
        self._collect(source)
        column, items = _status_column(self.board.columns), [*source.items(self.board)]
        stages = self._stages(column)
        bulk = find_bulk(self._times(items), len(items))
        if bulk:
            problems.append(_explain_bulk(self.board, len(bulk)))
        for item in items:
            trace = self._trace(item, column)
            trace = replace(trace, stage=stages.name(trace.stage), kind=stages.kind(trace.stage))
            moves = self._moves(item.id)
            journey = find_journey(item.id, item.created_ms, trace.stage, moves, stages)
            is_timed = journey is not None and item.id not in bulk
            yield with_journey(trace, journey, now_ms) if journey and is_timed else trace

    def _collect(self, source: Source) -> None:
        """What changed and what was said, by item, the oldest first."""
        for change in source.history(self.board) if isinstance(source, Remembers) else ():
            self.changes.setdefault(change.item_id, []).append(change)
        for update in source.updates(self.board):
            if update.created_ms is not None and (
                not update.author or update.author in self.humans
            ):
                self.remarks.setdefault(update.item_id, []).append(_remark(update))
        for changes in self.changes.values():
            changes.sort(key=lambda change: change.at_ms)
        for remarks in self.remarks.values():
            remarks.sort(key=lambda remark: remark.at_ms)

    def _moves(self, item_id: str) -> list[Change]:
        return [change for change in self.changes.get(item_id, ()) if change.field == "status"]

    def _times(self, items: Sequence[Item]) -> dict[str, list[int]]:
        """When each item was created, and its status changed."""
        return {
            item.id: [
                *([] if item.created_ms is None else [item.created_ms]),
                *(change.at_ms for change in self._moves(item.id)),
            ]
            for item in items
        }

    def _stages(self, column: Column | None) -> Stages:
        options = column.options if column else ()
        present = frozenset(option.name for option in options)
        moves = {item_id: self._moves(item_id) for item_id in self.changes}
        ending = frozenset(option.name for option in options if option.done)
        return Stages(ending, find_renamed(moves, present))

    def _trace(self, item: Item, column: Column | None) -> Trace:
        changes = self.changes.get(item.id, [])
        ended = [change.at_ms for change in changes if change.field == "release"]
        moves = self._moves(item.id)
        return Trace(
            id=item.id,
            place=self.board.name,
            workload=self.classify(item.name, item.description[:_LONGEST_TEXT]),
            stage=moves[-1].after if moves else _stage(item, self.board, column),
            kind="",
            created_ms=item.created_ms,
            reporter=_reporter(item, self.board, self.humans),
            owners=find_owners(changes, _owner(item, self.board), self.humans),
            remarks=tuple(self.remarks.get(item.id, ())),
            hosts=_hosts(item),
            ended_ms=max(ended, default=None),
            is_recorded=_is_recorded(item, self.board),
        )


def _explain_bulk(board: Board, count: int) -> str:
    together = format_count(count, "task was", "tasks were")
    return (
        f"{board.name}: {together} created or changed together with many others, by an import or a "
        "bulk edit; their times are left out"
    )


def _status_column(columns: Sequence[Column]) -> Column | None:
    """The one whose title says so, or else the first that is no priority."""
    candidates = [
        column
        for column in columns
        if column.type == "status" and not words.is_priority(column.title)
    ]
    named = (column for column in candidates if words.is_status(column.title))
    return next(named, candidates[0] if candidates else None)


def _stage(item: Item, board: Board, column: Column | None) -> str:
    """Its status, or its group."""
    cell = item.cells.get(column.id) if column else None
    groups = {group.id: group.title for group in board.groups}
    return (cell.text if cell else "") or groups.get(item.group_id, "")


def _reporter(item: Item, board: Board, humans: frozenset[str]) -> str:
    """Who reported it, or else created it; no program."""
    reporters = [person for title, person in _people(item, board) if title.casefold() == "reporter"]
    return next((id for id in (*reporters, item.creator) if id in humans), "")


def _owner(item: Item, board: Board) -> str:
    return next((id for title, id in _people(item, board) if words.is_owner(title)), "")


def _people(item: Item, board: Board) -> Iterator[tuple[str, str]]:
    """Titles of the columns of people, with the first of each."""
    for column in board.columns_of(item):
        cell = item.cells.get(column.id)
        if column.type == "people" and cell and isinstance(cell.value, list) and cell.value:
            yield column.title, str(cell.value[0].get("id") or "")


def _remark(update: Update) -> Remark:
    text = strip_markup(update.html)
    return Remark(
        update.created_ms or 0,
        update.author,
        is_question(text),
        is_decision(text),
        find_hosts(text),
    )


def _hosts(item: Item) -> tuple[str, ...]:
    """Of its description, and of what its columns link to."""
    texts = [item.description, *(cell.text for cell in item.cells.values())]
    for cell in item.cells.values():
        parts = cell.value if isinstance(cell.value, list) else [cell.value]
        texts += [str(part["url"]) for part in parts if isinstance(part, dict) and "url" in part]
    return tuple(dict.fromkeys(host for text in texts for host in find_hosts(text)))


def _is_recorded(item: Item, board: Board) -> bool:
    columns = board.columns_of(item)
    return any(is_record(column.title) and column.id in item.cells for column in columns)
