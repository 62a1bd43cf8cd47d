"""Asana: a project exported as CSV or JSON. Sections become groups, subtasks subitems."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.source import Selection, Source, SourceKind
from clickup_mlops.features.migration.sources._asana_csv import ProjectFile
from clickup_mlops.features.migration.sources._asana_json import KEYS, Tasks
from clickup_mlops.features.migration.sources._files import explanation as explanations
from clickup_mlops.features.migration.sources._files.entries import Table
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.file_source import (
    FileSource,
    files_of,
    tables_of,
)
from clickup_mlops.features.migration.sources._files.text import CsvFile, mapping, read_json

if TYPE_CHECKING:
    from clickup_mlops.monday.settings import MondaySettings

_SUFFIXES: Final = (".csv", ".json")
_EXPORT_AGAIN: Final = "In Asana, open the project's menu: Export/Print, CSV or JSON."


def _open(selection: Selection, _: "MondaySettings") -> Source:
    explanation = explanations.load(selection.mapping)
    tables: list[Table] = []
    for path in files_of(selection, _SUFFIXES):
        is_csv = path.suffix.lower() == ".csv"
        tables += [_csv(path, explanation)] if is_csv else _json(path, explanation)
    return FileSource(tables, selection)


def _csv(path: Path, explanation: Explanation) -> Table:
    file = CsvFile(path, explanation.encoding, explanation.delimiter)
    if not {"Task ID", "Name"} <= set(file.titles):
        raise ContentError(path, "", 'has no columns "Task ID" and "Name"', hint=_EXPORT_AGAIN)
    project = ProjectFile(file, explanation)
    return Table(project.board, project.entries)


def _json(path: Path, explanation: Explanation) -> list[Table]:
    content = mapping(read_json(path)).get("data")
    if not isinstance(content, list) or not content:
        raise ContentError(path, "", 'has no tasks in a list "data"', hint=_EXPORT_AGAIN)
    return list(tables_of(Tasks(path, content, explanation).read))


SOURCE: Final = SourceKind(
    summary="An Asana project: CSV, or JSON of the app or the API.",
    open=_open,
    suffixes=_SUFFIXES,
    missing=(
        "attachments: they stay links to Asana, which need a login",
        "comments, unless a JSON file has the tasks' stories",
        "in CSV: parents and dependencies whose name several tasks have",
        "other projects of a task: it is moved with its first one, and a column names the others",
        "the history of changes, unless a JSON file has the tasks' stories",
        "rules, forms, goals, portfolios and permissions",
    ),
    item_noun="task",
    ignored=KEYS.ignored | {"Projects": "one project alone: the board is called after the file"},
)
