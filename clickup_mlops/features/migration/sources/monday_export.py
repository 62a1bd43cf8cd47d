"""The files that Monday.com exports: a board as .xlsx, with or without updates, or a whole account
as .zip. Needs no token.
"""

from typing import TYPE_CHECKING, Final

from clickup_mlops.features.migration.source import Selection, Source, SourceKind
from clickup_mlops.features.migration.sources._files import explanation as explanations
from clickup_mlops.features.migration.sources._files.entries import Problems
from clickup_mlops.features.migration.sources._files.file_source import FileSource, files_of
from clickup_mlops.features.migration.sources._files.text import unique
from clickup_mlops.features.migration.sources._monday_files import Export, of_archive, of_workbook
from clickup_mlops.monday.export.archive import Archive

if TYPE_CHECKING:
    from clickup_mlops.monday.settings import MondaySettings

_SUFFIXES: Final = (".xlsx", ".zip")


def _open(selection: Selection, _: "MondaySettings") -> Source:
    explanation = explanations.load(selection.mapping)
    problems, archives, exports = Problems(), list[Archive](), list[Export]()

    def close() -> None:
        for archive in archives:
            archive.close()

    try:
        labels: list[str] = []
        for path in files_of(selection, _SUFFIXES):
            labels.append(unique(path.name, labels))
            if path.suffix.lower() == ".xlsx":
                exports.append(of_workbook(path, labels[-1], explanation))
                continue
            archives.append(Archive(path))
            exports.append(of_archive(archives[-1], explanation, problems))
        return FileSource(
            [table for export in exports for table in export.tables()],
            selection,
            problems,
            people=[person for export in exports for person in export.people],
            attachments={id: file for export in exports for id, file in export.attachments.items()},
            close=close,
        )
    except BaseException:
        close()
        raise


SOURCE: Final = SourceKind(
    summary="Monday.com's own export: a board as .xlsx, or a whole account as .zip.",
    open=_open,
    suffixes=_SUFFIXES,
    missing=(
        "ids and e-mail addresses of people: they are known by name",
        "ids of items, unless the export has their column: an item is known by its name then, and"
        " a renamed one is new",
        "column types and settings: types are found from the values, which a columns file may"
        " correct",
        "the order and colours of statuses and tags",
        "time zones: a time of day is read as UTC",
        "ids of connected items: a connected board is text",
        "dependencies, votes and the history of tracked time",
        "archived items, hidden columns, automations, dashboards, forms and permissions",
        "the formatting of updates, and who liked them",
        "files, unless the export is the .zip of the account: they stay links to Monday.com, which"
        " need a login",
    ),
)
