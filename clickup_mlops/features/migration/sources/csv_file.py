"""Any CSV file. A columns file says what its columns are; without one, types are found from the
values, and the column called Name, Title, Summary, Task or Subject, else the first, has the names.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.records import Board
from clickup_mlops.features.migration.source import Selection, Source, SourceKind
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files import explanation as explanations
from clickup_mlops.features.migration.sources._files.entries import Entry, Field, Problems, Table
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.file_source import FileSource, files_of
from clickup_mlops.features.migration.sources._files.text import CsvFile, CsvRow, slug, stable_id
from clickup_mlops.spelling import suggest_word

if TYPE_CHECKING:
    from clickup_mlops.monday.settings import MondaySettings

_SUFFIXES: Final = (".csv", ".tsv", ".txt")
_TITLES: Final = ("name", "title", "summary", "task", "subject")
_ROLES: Final = (
    *("title", "id", "group", "parent", "description"),
    *("creator", "created", "updated", "url"),
)
"""Keys of a columns file that name a column."""


@dataclass
class Csv:
    """A file and what is known of its columns.

    Raises ContentError if the columns file names a column that is not there.
    """

    file: CsvFile
    explanation: Explanation
    where: str
    """The columns file, for messages."""
    prefix: str = ""
    """Stands before ids: those of two files may be equal."""
    _position: Mapping[str, int] = field(init=False)
    """Where the column of each role is."""

    def __post_init__(self) -> None:
        self._position = {
            role: self._index(role, title)
            for role in _ROLES
            if (title := getattr(self.explanation, role))
        }
        for title in self.explanation.columns:
            self._index(f"columns.{title}", title)
        if "title" not in self._position:
            names = [title.casefold() for title in self.file.titles]
            self._position["title"] = next(
                (names.index(name) for name in _TITLES if name in names), 0
            )

    def table(self) -> Table:
        """Its board."""
        name = self.explanation.name or self.file.path.stem
        return Table(Board(name, name, multi_level=True), self.entries)

    def entries(self, problems: Problems) -> Iterator[Entry]:
        """A row each."""
        for row, id in self._rows(problems):
            yield self._entry(row, id, problems)

    def _rows(self, problems: Problems) -> Iterator[tuple[CsvRow, str]]:
        """Rows with ids. Without a column of ids, the name and how often it came before are one:
        then a later export with more rows, or changed ones, still has the same items.
        """
        names: Counter[str] = Counter()
        for row in self.file.rows(problems):
            id = self._cell(row, "id")
            if not id:
                name = self._cell(row, "title")
                id = stable_id(name, names[name])
                names[name] += 1
            yield row, f"{self.prefix}{id}"

    @cached_property
    def _fields(self) -> Sequence[tuple[int, Field]]:
        """Columns that are no role, by their position."""
        remaining = [
            (at, title)
            for at, title in enumerate(self.file.titles)
            if title
            and at not in self._position.values()
            and not self.explanation.is_ignored(title)
        ]
        fields = self.explanation.fields([title for _, title in remaining])
        return [(at, field) for (at, _), field in zip(remaining, fields, strict=True)]

    @cached_property
    def _ids_by_name(self) -> Mapping[str, str]:
        """Ids of the items whose name no other has; an id is its own name."""
        ids: dict[str, str] = {}
        for row, id in self._rows(Problems()):
            name = self._cell(row, "title")
            ids[name] = "" if name in ids else id
        return ids

    def _entry(self, row: CsvRow, id: str, problems: Problems) -> Entry:
        group, parent = self._cell(row, "group"), self._cell(row, "parent")
        return Entry(
            where=f"line {row.line}",
            id=id,
            name=self._cell(row, "title"),
            raw=[(field, row.cells[at]) for at, field in self._fields],
            group=(group, group),
            parent=self._parent(parent) if parent else None,
            description=self._cell(row, "description"),
            creator=self._cell(row, "creator"),
            created_ms=self._moment(row, "created", problems),
            updated_ms=self._moment(row, "updated", problems),
            url=self._cell(row, "url"),
        )

    def _moment(self, row: CsvRow, role: str, problems: Problems) -> int | None:
        text = self._cell(row, role)
        explained = self.explanation.columns.get(getattr(self.explanation, role))
        parsed = dates.unix_ms(text, explained.date_format if explained else "")
        if text and parsed is None:
            where = f"{self.file.path.name}, line {row.line}"
            problems.add(f'{where}: time left out, "{text}" is no date')
        return parsed

    def _parent(self, name_or_id: str) -> str:
        return self._ids_by_name.get(name_or_id) or f"{self.prefix}{name_or_id}"

    def _cell(self, row: CsvRow, role: str) -> str:
        return row.cells[self._position[role]] if role in self._position else ""

    def _index(self, key: str, title: str) -> int:
        if title not in self.file.titles:
            hint = suggest_word(title, self.file.titles)
            raise ContentError(self.where, key, f'no column "{title}" in the data', hint=hint)
        return self.file.titles.index(title)


def _open(selection: Selection, _: "MondaySettings") -> Source:
    explanation = explanations.load(selection.mapping)
    files = files_of(selection, _SUFFIXES)
    slugs: set[str] = set()
    tables = []
    for path in files:
        file = CsvFile(path, explanation.encoding, explanation.delimiter)
        problems = Problems()
        if next(file.rows(problems), None) is None:
            why = "".join(f": {line}" for line in problems.lines[:1])
            raise ContentError(path, "", f"has no row below the columns' titles{why}")
        prefix = f"{slug(path.stem, slugs)}:" if len(files) > 1 else ""
        tables.append(Csv(file, explanation, str(selection.mapping or path), prefix).table())
    return FileSource(tables, selection)


SOURCE: Final = SourceKind(
    summary="Any CSV file; a small TOML file may say what its columns are.",
    open=_open,
    suffixes=_SUFFIXES,
    missing=(
        "comments, files and dependencies",
        "ids, unless a column has them: a row is known by its name then, and a renamed one is new",
        "time zones: a time without one is read as UTC",
    ),
)
