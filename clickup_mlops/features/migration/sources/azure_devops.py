"""Azure DevOps: work items of a query as CSV, or as JSON of the REST API or `az boards`."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.source import Selection, Source, SourceKind
from clickup_mlops.features.migration.sources._azure_csv import QueryFile
from clickup_mlops.features.migration.sources._azure_json import KEYS, WorkItems
from clickup_mlops.features.migration.sources._files import explanation as explanations
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.file_source import (
    FileSource,
    files_of,
    first_problem,
    tables_of,
)
from clickup_mlops.features.migration.sources._files.text import (
    CsvFile,
    clean,
    mapping,
    objects,
    read_json,
)
from clickup_mlops.json_types import JsonObject

if TYPE_CHECKING:
    from clickup_mlops.monday.settings import MondaySettings

_SUFFIXES: Final = (".csv", ".json")
_EXPORT: Final = "In Azure DevOps, export a query with the columns ID and Title as CSV."


def _open(selection: Selection, _: "MondaySettings") -> Source:
    files = files_of(selection, _SUFFIXES)
    explanation = explanations.load(selection.mapping)
    by_path = {path: _objects(path) for path in files if path.suffix.lower() == ".json"}
    items = [(path, [each for each in page if "fields" in each]) for path, page in by_path.items()]
    work_items = WorkItems(items, _comments(by_path.values()), explanation)
    queries = [_query(path, explanation) for path in files if path.suffix.lower() == ".csv"]
    reads = (*(query.read for query in queries), work_items.read)
    tables = [table for read in reads for table in tables_of(read)]
    if not tables:
        why = "".join(map(first_problem, reads))
        raise ContentError(files[0], "", f"has no work item{why}", hint=_EXPORT)
    return FileSource(tables, selection)


def _query(path: Path, explanation: Explanation) -> QueryFile:
    file = CsvFile(path, explanation.encoding, explanation.delimiter)
    if "ID" not in file.titles or not {"Title", "Title 1"} & set(file.titles):
        raise ContentError(path, "", 'has no columns "ID" and "Title"', hint=_EXPORT)
    return QueryFile(file, explanation)


def _objects(path: Path) -> Sequence[JsonObject]:
    """Work items and comments: an answer of the API, `az boards query`, or pages of these."""
    content = read_json(path)
    pages = content if isinstance(content, list) else [content]
    work_items: list[JsonObject] = []
    for page in objects(pages):
        entries = page.get("value", page.get("comments"))
        work_items += objects(entries) if isinstance(entries, list) else [page]
    if not any("fields" in entry or "workItemId" in entry for entry in work_items):
        hint = "Save the answer of `az boards query`, or of work items with $expand=all."
        raise ContentError(path, "", 'has no work items: none has "fields"', hint=hint)
    return work_items


def _comments(pages: Iterable[Sequence[JsonObject]]) -> Mapping[str, list[JsonObject]]:
    by_item: dict[str, list[JsonObject]] = {}
    for entry in (entry for page in pages for entry in page):
        if "workItemId" in entry and "fields" not in entry and not entry.get("isDeleted"):
            by_item.setdefault(clean(mapping(entry)["workItemId"]), []).append(entry)
    return by_item


SOURCE: Final = SourceKind(
    summary="Azure DevOps: work items as CSV of a query, or JSON of the API or `az boards query`.",
    open=_open,
    suffixes=_SUFFIXES,
    missing=(
        "attachments: they stay links to Azure DevOps, which need a login",
        "comments, unless a JSON file has those of each work item",
        "in CSV and `az boards query`: links, apart from parents",
        "the history of changes, boards and their columns, test steps, pipelines and permissions",
        "in CSV: time zones (a time is read as UTC)",
    ),
    item_noun="work item",
    ignored=KEYS.ignored,
)
