"""Notion: databases of an export (Markdown and CSV), a CSV file, or JSON of the API."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.source import Selection, Source, SourceKind
from clickup_mlops.features.migration.sources import csv_file
from clickup_mlops.features.migration.sources._files import explanation as explanations
from clickup_mlops.features.migration.sources._files.entries import Problems, Table
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.file_source import (
    FileSource,
    files_of,
    first_problem,
    tables_of,
)
from clickup_mlops.features.migration.sources._files.text import CsvFile, read_json
from clickup_mlops.features.migration.sources._notion_json import KEYS, Pages, collect
from clickup_mlops.features.migration.sources._notion_zip import opened

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

    from clickup_mlops.monday.settings import MondaySettings

_SUFFIXES: Final = (".zip", ".csv", ".json")


def _open(selection: Selection, _: "MondaySettings") -> Source:
    explanation, problems = explanations.load(selection.mapping), Problems()
    by_suffix: dict[str, list[Path]] = {suffix: [] for suffix in _SUFFIXES}
    for path in files_of(selection, _SUFFIXES):
        by_suffix[path.suffix.lower()].append(path)
    contents = collect(map(read_json, by_suffix[".json"]), problems)
    pages = Pages(contents, explanation).read
    tables, folders = list(tables_of(pages)), list["TemporaryDirectory[str]"]()
    if by_suffix[".json"] and not tables:
        text = f"has no page of a database{first_problem(pages)}"
        raise ContentError(by_suffix[".json"][0], "", text)
    tables += [_csv(path, explanation) for path in by_suffix[".csv"]]
    for path in by_suffix[".zip"]:
        export, folder = opened(path)
        folders.append(folder)
        tables += [export.table(place, explanation) for place in export.aligned()]

    def close() -> None:
        for folder in folders:
            folder.cleanup()

    return FileSource(tables, selection, problems, people=contents.people, close=close)


def _csv(path: Path, explanation: Explanation) -> Table:
    file = CsvFile(path, explanation.encoding, explanation.delimiter)
    titled = explanation.model_copy(update={"title": explanation.title or file.titles[0]})
    return csv_file.Csv(file, titled, str(path)).table()


SOURCE: Final = SourceKind(
    summary="Notion databases: the .zip of an export as Markdown and CSV, a .csv, or API JSON.",
    open=_open,
    suffixes=_SUFFIXES,
    missing=(
        "views, templates, buttons, permissions and pages outside of databases",
        "in exports: comments, types of properties, ids of people; files stay in the archive",
        "in exports: texts of pages that share their title with another one of the database",
        "in JSON: texts and comments of pages whose blocks and comments were not saved",
        "formulas and roll-ups: their value at the time of the export is kept",
    ),
    item_noun="page",
    ignored=KEYS.ignored,
)
