"""Asana's CSV export of a project. It names parents and dependencies by their names only."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from clickup_mlops.features.migration.records import Board, Option, Person
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.entries import Entry, Field, Problems, Raw
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.text import CsvFile, CsvRow

_TYPES: Final[Mapping[str, str]] = {
    "Start Date": "date",
    "Due Date": "date",
    "Completed At": "date",
    "Tags": "tags",
}
_USED: Final = frozenset(
    {
        *("Task ID", "Name", "Section/Column", "Notes", "Parent task", "Created At", "Assignee"),
        *("Last Modified", "Assignee Email", "Projects"),
    }
)
_DEPENDENCIES: Final = re.compile(r"(?i)(blocked by|blocking) \(dependencies\)")
_BLOCKING: Final = "Blocking (Dependencies)"
OPEN: Final = Option("Incomplete", "Incomplete")
DONE: Final = Option("Completed", "Completed", done=True)


@dataclass
class ProjectFile:
    """A file of one project."""

    file: CsvFile
    explanation: Explanation

    @property
    def board(self) -> Board:
        """The project; only tasks name it, and each may name several."""
        return Board(self.file.path.stem, self.file.path.stem, multi_level=True)

    def entries(self, problems: Problems) -> Iterator[Entry]:
        """A task each; a task that occurs in several sections is there once."""
        for row in self.file.rows(problems):
            values = dict(zip(self.file.titles, row.cells, strict=True))
            yield self._entry(row, values, problems)

    @cached_property
    def _ids(self) -> Mapping[str, str]:
        """Ids by names that only one task has."""
        ids: dict[str, str] = {}
        for row in self.file.rows(Problems()):
            values = dict(zip(self.file.titles, row.cells, strict=True))
            name = values.get("Name", "")
            ids[name] = "" if name in ids else values.get("Task ID", "")
        return ids

    def _entry(self, row: CsvRow, values: Mapping[str, str], problems: Problems) -> Entry:
        section, parent = values.get("Section/Column", ""), values.get("Parent task", "")
        where = f"line {row.line}"
        return Entry(
            where=where,
            id=values.get("Task ID", ""),
            name=values.get("Name", ""),
            raw=list(self._raw(where, values, problems)),
            group=(section, section),
            parent=(self._ids.get(parent) or parent) if parent else None,
            description=values.get("Notes", ""),
            created_ms=dates.unix_ms(values.get("Created At", "")),
            updated_ms=dates.unix_ms(values.get("Last Modified", "")),
        )

    def _raw(
        self, where: str, values: Mapping[str, str], problems: Problems
    ) -> Iterator[tuple[Field, Raw]]:
        yield (
            self.explanation.field("status", "Status", "status"),
            state(values.get("Completed At")),
        )
        name, email = values.get("Assignee", ""), values.get("Assignee Email", "")
        assignee = [Person(email or name, name or email, email)] if name or email else None
        yield self.explanation.field("assignee", "Assignee", "people"), assignee
        if waits := values.get("Blocked By (Dependencies)", ""):
            blockers = list(self._waits(where, waits, problems))
            yield self.explanation.field("blocked_by", "Blocked by", "dependency"), blockers
        blocked = [name for name in _names(values, _BLOCKING) if not self._ids.get(name)]
        if blocked:  # a task of the file says itself what it waits for
            related = [{"item": name, "board": "", "name": name} for name in blocked]
            yield self.explanation.field("blocking", "Blocking", "board_relation"), related
        if len(projects := _names(values, "Projects")) > 1:
            yield self.explanation.field("projects", "Projects", "dropdown"), projects
        for field, title in self._columns:
            yield field, values[title]

    @cached_property
    def _columns(self) -> Sequence[tuple[Field, str]]:
        titles = [
            title
            for title in self.file.titles
            if title
            and title not in _USED
            and not _DEPENDENCIES.fullmatch(title)
            and not self.explanation.is_ignored(title)
        ]
        return list(zip(self.explanation.fields(titles, _TYPES), titles, strict=True))

    def _waits(self, where: str, names: str, problems: Problems) -> Iterator[Raw]:
        for name in _parts(names):
            if id := self._ids.get(name):
                yield {"item": id, "type": "FS", "lag_days": 0}
            else:
                problems.add(
                    f'{where}: dependency skipped, not exactly one task is called "{name}"'
                )


def _names(values: Mapping[str, str], title: str) -> Sequence[str]:
    return _parts(values.get(title, ""))


def _parts(text: str) -> Sequence[str]:
    return [part for part in map(str.strip, text.split(",")) if part]


def state(completed: Raw) -> Option:
    """Asana knows open and completed tasks only."""
    return DONE if completed else OPEN
