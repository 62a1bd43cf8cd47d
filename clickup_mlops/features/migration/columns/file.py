"""Files: uploaded, linked, or documents of the source."""

from typing import Any, Final

from clickup_mlops.features.migration.columns._build import column_type
from clickup_mlops.features.migration.columns._docs import doc_link
from clickup_mlops.features.migration.columns._links import CONTENT
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.columns._text import link, titled
from clickup_mlops.features.migration.records import Cell, Column
from clickup_mlops.features.migration.steps import AddFile

COLUMN_OF_FILE: Final = "which column a file was in: all files are the task's"
KIND: Final = "the storage service of a linked file: its address is kept"


def _words(cell: Cell, _column: Column, _lookup: Lookup) -> str:
    return ", ".join(_format_entry(entry) for entry in cell.value)


def _convert(cell: Cell, column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
    return _all(cell, column)


def _all(cell: Cell, column: Column) -> Converted:
    files = [str(entry["asset"]) for entry in cell.value if "asset" in entry]
    links = [entry for entry in cell.value if "asset" not in entry]
    return Converted(
        # The name is the asset's, which the cell does not have.
        deferred=tuple(AddFile(asset, "", "") for asset in dict.fromkeys(files)),
        lines=tuple(titled(column, _link(entry)) for entry in links),
        losses=(
            *((Loss(COLUMN_OF_FILE, column.title),) if files else ()),
            *(_loss(entry) for entry in links if "doc" in entry or entry.get("kind")),
        ),
    )


def _loss(entry: Any) -> Loss:
    if "doc" in entry:
        return Loss(CONTENT, str(entry.get("url") or entry["doc"]))
    return Loss(KIND, str(entry["kind"]))


def _link(entry: Any) -> str:
    return doc_link(entry) if "doc" in entry else link(entry["url"], str(entry.get("name") or ""))


def _format_entry(entry: Any) -> str:
    if "asset" in entry:
        return f"file {entry['asset']}"
    if "doc" in entry:
        return f"document {entry['doc']}: {entry.get('url') or ''}".removesuffix(": ")
    name, kind = entry.get("name") or "", entry.get("kind") or ""
    return " ".join(
        filter(None, (f"{name}:" if name else "", entry["url"], f"({kind})" if kind else ""))
    )


_COLUMN: Final = Column("files", "Logs", "file")

COLUMN = column_type(
    "The task's attachments; links to files and documents go into the description.",
    (Target("files"),),
    _words,
    slots={"files": _convert},
    losses=(COLUMN_OF_FILE, KIND, CONTENT),
    samples=(
        sample(
            _COLUMN,
            [{"asset": "71"}],
            "files",
            Converted(deferred=(AddFile("71", "", ""),), losses=(Loss(COLUMN_OF_FILE, "Logs"),)),
        ),
        sample(
            _COLUMN,
            [{"url": "https://drive.example/1", "name": "trace", "kind": "google_drive"}],
            "files",
            Converted(
                lines=("**Logs:** [trace](https://drive.example/1)",),
                losses=(Loss(KIND, "google_drive"),),
            ),
        ),
    ),
)
