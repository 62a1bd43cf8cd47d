"""Notion's export as Markdown and CSV: a .zip in which each database is a CSV file beside a folder
of its pages. Names in it are never used as paths. What is unpacked goes to files, piece by piece.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, Final

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.sources._files.entries import Entry, Problems, Table
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.text import CsvFile, clean
from clickup_mlops.features.migration.sources.csv_file import Csv

MAX_FILE: Final = 64 * 1024**2
MAX_UNPACKED: Final = 4 * 1024**3
"""Bytes of all files together."""
MAX_FILES: Final = 200_000
_PIECE: Final = 1024**2
_NESTED: Final = 2
"""Levels of archives: a large export is an archive of archives."""
_ID: Final = re.compile(r"(.*?)[ _]([0-9a-f]{32})", re.DOTALL)
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, EOFError, RuntimeError),
    ValueError,
)
_ROLES: Final = {
    "created": "Created time",
    "updated": "Last edited time",
    "creator": "Created by",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a database: its id, and which bytes of the texts' file are its text."""

    id: str
    start: int
    length: int


@dataclass
class Export:
    """What an archive holds. `csv` by the database's place, `pages` by place and title."""

    path: Path
    folder: Path
    csv: dict[str, Path] = field(default_factory=dict)
    pages: dict[tuple[str, str], list[Page]] = field(default_factory=dict)
    unpacked: int = 0
    files: int = 0

    def read(self) -> None:
        """Read the archive. Raises ContentError: it is damaged, encrypted, or far too large."""
        try:
            with self.path.open("rb") as file:
                self._archive(file, 0)
        except _BROKEN as problem:
            raise ContentError(self.path, "", f"is no readable zip archive: {problem}") from problem
        if not self.csv:
            hint = 'In Notion, export with "Markdown & CSV" and with subpages.'
            raise ContentError(self.path, "", "has no database (.csv)", hint=hint)

    def table(self, place: str, explanation: Explanation) -> Table:
        """The database at a place of the archive."""
        file = CsvFile(self.csv[place], explanation.encoding, explanation.delimiter)
        name = _named(PurePosixPath(place).name)[0]
        roles = {role: title for role, title in _ROLES.items() if title in file.titles}
        more = {"name": explanation.name or name, "title": explanation.title or file.titles[0]}
        csv = Csv(file, explanation.model_copy(update={**roles, **more}), str(self.path))
        table = csv.table()

        def entries(problems: Problems) -> Iterator[Entry]:
            rows = table.entries(problems)
            return (self._with_page(entry, place, file, problems) for entry in rows)

        return replace(table, entries=entries)

    def _with_page(self, entry: Entry, place: str, file: CsvFile, problems: Problems) -> Entry:
        """The row with the id and text of its page; pages are known by their titles alone."""
        pages = self.pages.get((place, entry.name), [])
        if len(pages) == 1:
            text = _below_properties(self._text(pages[0]), file.titles)
            return replace(entry, id=pages[0].id, description=text)
        if pages:
            kind = "several pages have one title: their texts are left out"
            problems.add(f'"{entry.name}": {kind}', kind)
        return entry

    def _archive(self, stream: IO[bytes], depth: int) -> None:
        with zipfile.ZipFile(stream) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    self._member(archive, info, depth)

    def _member(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, depth: int) -> None:
        self.files += 1
        suffix = PurePosixPath(info.filename).suffix.lower()
        if self.files > MAX_FILES:
            raise ContentError(self.path, "", f"has more than {MAX_FILES:,} files")
        if info.flag_bits & 1:
            raise ContentError(self.path, "", "is encrypted")
        if suffix == ".zip" and depth < _NESTED:
            path = self._unpack(archive, info, MAX_UNPACKED)
            with path.open("rb") as file:
                self._archive(file, depth + 1)
            path.unlink()
        elif suffix == ".csv":
            self._note_csv(archive, info)
        elif suffix == ".md":
            self._note_page(archive, info)

    def _note_csv(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        """A database is there twice: as its view shows it, and whole."""
        stem = str(PurePosixPath(info.filename).with_suffix(""))
        place = stem.removesuffix("_all")
        if place in self.csv and place == stem:
            return
        self.csv[place] = self._unpack(archive, info, MAX_FILE * 8)

    def _note_page(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        name = PurePosixPath(info.filename)
        id = _named(name.stem)[1]
        with archive.open(info) as file:
            content = b"".join(self._pieces(file, MAX_FILE))
        text = clean(content.decode("utf-8", "replace"))
        title, _, body = text.partition("\n")
        if id and title.startswith("# "):
            key = (str(name.parent), title.removeprefix("# ").strip())
            self.pages.setdefault(key, []).append(self._keep(id, body.strip().encode()))

    def _keep(self, id: str, text: bytes) -> Page:
        with self._texts.open("ab") as file:
            file.write(text)
            return Page(id, file.tell() - len(text), len(text))

    def _text(self, page: Page) -> str:
        with self._texts.open("rb") as file:
            file.seek(page.start)
            return file.read(page.length).decode()

    @property
    def _texts(self) -> Path:
        return self.folder / "texts"

    def _unpack(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> Path:
        path = self.folder / f"{self.files}"
        with archive.open(info) as source, path.open("wb") as target:
            target.writelines(self._pieces(source, most))
        return path

    def _pieces(self, source: IO[bytes], most: int) -> Iterator[bytes]:
        size = 0
        while piece := source.read(_PIECE):
            size += len(piece)
            self.unpacked += len(piece)
            if size > most or self.unpacked > MAX_UNPACKED:
                raise ContentError(self.path, "", f"would need more than {most:,} bytes unpacked")
            yield piece

    def aligned(self) -> Mapping[str, Path]:
        """Databases by place; folders of pages have the place's name with or without its id."""
        for place in self.csv:
            base = str(PurePosixPath(place).parent / _named(PurePosixPath(place).name)[0])
            for folder, title in list(self.pages):
                if folder == base != place:
                    self.pages.setdefault((place, title), []).extend(self.pages[folder, title])
        return self.csv


def opened(path: Path) -> tuple[Export, "TemporaryDirectory[str]"]:
    """The archive's content, and the folder that holds it until it is cleaned up."""
    folder = TemporaryDirectory(prefix="clickup-mlops-notion-")
    export = Export(path, Path(folder.name))
    try:
        export.read()
    except BaseException:
        folder.cleanup()
        raise
    return export, folder


def _named(stem: str) -> tuple[str, str]:
    """Name and id of `Name 0123…`; names of files have ids."""
    match = _ID.fullmatch(stem)
    return (match[1], match[2]) if match else (stem, "")


def _below_properties(text: str, titles: Sequence[str]) -> str:
    """The text below the lines that repeat the properties."""
    starts = tuple(f"{title}: " for title in titles if title)
    lines = text.split("\n")
    while lines and (not lines[0].strip() or lines[0].startswith(starts)):
        del lines[0]
    return "\n".join(lines).strip()
