"""Linear: the CSV of a workspace or team. Each team becomes a board."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.records import Board, Option
from clickup_mlops.features.migration.source import Selection, Source, SourceKind
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files import explanation as explanations
from clickup_mlops.features.migration.sources._files.entries import (
    Entry,
    Field,
    PastChange,
    Problems,
    Raw,
)
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.file_source import (
    FileSource,
    files_of,
    first_problem,
    tables_of,
)
from clickup_mlops.features.migration.sources._files.inference import is_done
from clickup_mlops.features.migration.sources._files.text import CsvFile

if TYPE_CHECKING:
    from clickup_mlops.monday.settings import MondaySettings

_SUFFIXES: Final = (".csv",)
_TYPES: Final[Mapping[str, str]] = {
    "Priority": "status",
    "Assignee": "people",
    "Estimate": "numbers",
    "Due Date": "date",
    "Labels": "tags",
    "Project": "dropdown",
    "Project Milestone": "dropdown",
    "Cycle Name": "dropdown",
    "Cycle Number": "numbers",
    "Cycle Start": "date",
    "Cycle End": "date",
    "Started": "date",
    "Triaged": "date",
    "Completed": "date",
    "Canceled": "date",
}
"""One name may have a comma: only labels are several values in one cell."""
_SINGLE: Final = frozenset({"Assignee", "Project", "Project Milestone", "Cycle Name"})
_RELATIONS: Final = frozenset({"Related to", "Blocked by", "Duplicate of"})
_USED: Final = frozenset(
    {
        *("ID", "Team", "Title", "Description", "Status", "Creator", "Created", "Updated"),
        *("Archived", "Parent issue", "UUID", "Project ID", "Project Milestone ID"),
    }
)


@dataclass(frozen=True, slots=True)
class Csv:
    """Files of one workspace."""

    files: Sequence[CsvFile]
    explanation: Explanation

    def read(self, problems: Problems) -> Iterator[tuple[Board, Callable[[], Entry]]]:
        """Every issue with its team."""
        for file in self.files:
            fields = self._fields(file)
            for row in file.rows(problems):
                values = dict(zip(file.titles, row.cells, strict=True))
                if not values["ID"]:
                    problems.add(f"{file.path.name}, line {row.line}: skipped, it has no ID")
                    continue
                yield _board(values), partial(self._entry, values, fields)

    def _fields(self, file: CsvFile) -> Sequence[tuple[Field, str]]:
        titles = [
            title
            for title in file.titles
            if title and title not in _USED | _RELATIONS and not self.explanation.is_ignored(title)
        ]
        return list(zip(self.explanation.fields(titles, _TYPES), titles, strict=True))

    def _entry(self, values: Mapping[str, str], fields: Sequence[tuple[Field, str]]) -> Entry:
        return Entry(
            where=values["ID"],
            id=values["ID"],
            name=values["Title"],
            raw=[*self._raw(values), *((field, _value(title, values)) for field, title in fields)],
            parent=values.get("Parent issue") or None,
            description=values.get("Description", ""),
            creator=values.get("Creator", ""),
            created_ms=dates.unix_ms(values.get("Created", "")),
            updated_ms=dates.unix_ms(values.get("Updated", "")),
            archived=bool(values.get("Archived")),
            changes=tuple(_changes(values)),
        )

    def _raw(self, values: Mapping[str, str]) -> Iterator[tuple[Field, Raw]]:
        field = self.explanation.field
        if status := values.get("Status", ""):
            is_final = bool(values.get("Completed") or values.get("Canceled")) or is_done(status)
            yield field("status", "Status", "status"), Option(status, status, done=is_final)
        waits = [{"item": id, "type": "FS", "lag_days": 0} for id in _ids(values, "Blocked by")]
        yield field("blocked_by", "Blocked by", "dependency"), waits
        for title in ("Related to", "Duplicate of"):
            related = [{"item": id, "board": "", "name": id} for id in _ids(values, title)]
            yield field(title.lower().replace(" ", "_"), title, "board_relation"), related


def _changes(values: Mapping[str, str]) -> Iterator[PastChange]:
    """An issue remembers when it was triaged, started and ended, and no other status."""
    before = "Created"
    for title in ("Triaged", "Started", "Completed", "Canceled"):
        at_ms = dates.unix_ms(values.get(title, ""))
        if at_ms is not None:
            is_last = title in ("Completed", "Canceled")
            after = values.get("Status", "") if is_last else title
            yield PastChange(at_ms, "status", before, after)
            before = after


def _open(selection: Selection, _: "MondaySettings") -> Source:
    explanation = explanations.load(selection.mapping)
    files = [_file(path, explanation) for path in files_of(selection, _SUFFIXES)]
    read = Csv(files, explanation).read
    tables = tables_of(read)
    if not tables:
        raise ContentError(files[0].path, "", f"has no issue{first_problem(read)}")
    return FileSource(tables, selection)


def _file(path: Path, explanation: Explanation) -> CsvFile:
    file = CsvFile(path, explanation.encoding, explanation.delimiter)
    if not {"ID", "Title", "Status"} <= set(file.titles):
        problem = 'has no columns "ID", "Title" and "Status"'
        hint = "In Linear, an administrator exports issues under Settings, Import and export."
        raise ContentError(path, "", problem, hint=hint)
    return file


def _board(values: Mapping[str, str]) -> Board:
    key = values["ID"].rpartition("-")[0]
    return Board(key, values.get("Team") or key, multi_level=True)


def _ids(values: Mapping[str, str], title: str) -> Sequence[str]:
    return [id.strip() for id in values.get(title, "").split(",") if id.strip()]


def _value(title: str, values: Mapping[str, str]) -> Raw:
    value = values[title]
    return [value] if value and title in _SINGLE else value


SOURCE: Final = SourceKind(
    summary="Linear issues: the CSV of a workspace or team.",
    open=_open,
    suffixes=_SUFFIXES,
    missing=(
        "comments and attachments",
        "changes of status but the times of triage, start and end; changes of assignees",
        "names of people who are shown by their e-mail address",
        "the order and colours of statuses and labels",
        "projects' and initiatives' texts, views, automations and permissions",
    ),
    item_noun="issue",
    ignored=dict.fromkeys(
        ("UUID", "Project ID", "Project Milestone ID"), "numbers that only Linear uses"
    )
    | {"Archived": "when: only that it is archived is read"},
)
