"""Reads text files: CSV row by row, and JSON. Text is cleaned of what no text may hold."""

import csv
import hashlib
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, TextIO

import orjson

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.sources._files.entries import Problems
from clickup_mlops.json_types import Json

MAX_JSON: Final = 512 * 1024**2
"""Bytes. A JSON file has to be held as a whole."""
DEEPEST_JSON: Final = 200
"""Levels of values in each other; exports have about thirty, and orjson writes 254."""
_CELL: Final = 16 * 1024**2
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DELIMITERS: Final = ",;\t|"
_SEPARATOR: Final = re.compile(r"sep=(.)\r?\n?")
"""A first line that tells Excel the delimiter."""
_AS_TEXT: Final = "Export it as text (CSV)."
_END: Final = "\ufdd0"
"""Follows the last line while a file is read; no character of any text."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row: the line on which it ends, and cells by the position of their column."""

    line: int
    cells: Sequence[str]


class CsvFile:
    """A CSV file that is read anew each time. The first row has the titles; a column with values
    and without a title is called after its place, such as `Column 3`.

    Raises ContentError if the file is missing, empty or not text, or has no such titles.
    """

    def __init__(self, path: Path, encoding: str = "", delimiter: str = "") -> None:
        self.path = path
        self._encoding = encoding or _encoding(path)
        first = self._first_line()
        named = _SEPARATOR.fullmatch(first)
        self._above = 1 if named else 0
        self._delimiter = delimiter or (named[1] if named else max(_DELIMITERS, key=first.count))
        self.titles: Sequence[str] = next((row.cells for row in self._all(Problems())), [])
        if not any(self.titles):
            raise ContentError(path, "", "is empty: its first row must have the columns' titles")
        self.titles = self._titled()

    def rows(self, problems: Problems) -> Iterator[CsvRow]:
        """The rows after the first, short ones filled up; too long ones are reported instead."""
        rows = self._all(problems)
        next(rows, None)
        for row in rows:
            if len(row.cells) > len(self.titles) and any(row.cells[len(self.titles) :]):
                counts = f"{len(row.cells)} cells, the first row {len(self.titles)}"
                kind = f"{self.path.name}: skipped, too many cells"
                problems.add(f"{self.path.name}, line {row.line}: skipped, it has {counts}", kind)
            elif any(row.cells):
                filled = [*row.cells, *[""] * (len(self.titles) - len(row.cells))]
                yield CsvRow(row.line, filled[: len(self.titles)])

    def _titled(self) -> Sequence[str]:
        empty, used = {at for at, title in enumerate(self.titles) if not title}, set[int]()
        for row in self.rows(Problems()) if empty else ():
            used |= {at for at in empty - used if row.cells[at]}
            if used == empty:
                break
        titles = list(self.titles)
        for at in sorted(used):
            titles[at] = unique(f"Column {at + 1}", titles)
        return titles

    def _all(self, problems: Problems) -> Iterator[CsvRow]:
        csv.field_size_limit(_CELL)
        with self._open() as file:
            lines = chain(islice(file, self._above, None), [_END])
            reader = csv.reader(lines, delimiter=self._delimiter)
            while True:
                try:
                    cells = next(reader)
                    if cells and cells[-1].endswith(_END):
                        self._check_end(cells, problems)
                        return
                    yield CsvRow(reader.line_num + self._above, [clean(cell) for cell in cells])
                except StopIteration:
                    return
                except csv.Error as problem:
                    line = f"{self.path.name}, line {reader.line_num + self._above}"
                    problems.add(f"{line}: skipped, it cannot be read: {problem}")
                except UnicodeDecodeError as problem:
                    raise _not_text(self.path, problem) from problem

    def _check_end(self, cells: Sequence[str], problems: Problems) -> None:
        """A quotation mark that is never closed makes one cell of all that follows."""
        if cells != [_END]:
            start = clean("".join(cells).removesuffix(_END))[:40].replace("\n", " ")
            message = (
                "the last row is skipped, its quotation mark is never closed: is the file whole?"
            )
            problems.add(f'{self.path.name}: {message} It starts with "{start}"')

    def _first_line(self) -> str:
        try:
            with self._open() as file:
                return file.readline(65536)
        except UnicodeDecodeError as problem:
            raise _not_text(self.path, problem) from problem

    def _open(self) -> TextIO:
        try:
            return self.path.open(encoding=self._encoding, newline="")
        except LookupError as problem:
            raise ContentError(self.path, "encoding", str(problem)) from problem
        except OSError as problem:
            raise ContentError.unreadable(self.path, problem) from problem


def read_json(path: Path) -> Any:
    """The file's value.

    Raises ContentError: missing, larger than `MAX_JSON`, deeper than `DEEPEST_JSON`, or no JSON.
    """
    try:
        size = path.stat().st_size
        if size > MAX_JSON:
            raise ContentError(path, "", f"has {size:,} bytes: split the export into smaller ones")
        content = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as problem:
        raise ContentError(path, "", f"is no JSON: {problem}") from problem
    except OSError as problem:
        raise ContentError.unreadable(path, problem) from problem
    if _is_deep(content):
        raise ContentError(path, "", f"has values more than {DEEPEST_JSON} levels deep")
    return content


def _is_deep(content: Json) -> bool:
    level = [content]
    for _ in range(DEEPEST_JSON):
        level = [inside for value in level for inside in _containers(value)]
    return any(_containers(value) for value in level)


def _containers(value: Json) -> Sequence[Json]:
    """The objects and lists directly in it."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for each in inside if isinstance(each, dict | list)]


def clean(text: Json) -> str:
    """As text without control characters, halves of characters and outer spaces; None is empty."""
    if text is None:
        return ""
    return _CONTROL.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n")).strip()


def mapping(value: Json) -> Mapping[str, Json]:
    """An object of a JSON file; where it has something else, an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Json) -> Sequence[Mapping[str, Json]]:
    """The objects of a list of a JSON file; what is no object is left out."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def slug(title: str, ids: set[str]) -> str:
    """An id from a title, such as `due_date`, that is not taken yet; takes it."""
    base = re.sub(r"\W+", "_", title.casefold()).strip("_") or "column"
    id = unique(base, ids, "{}_{}")
    ids.add(id)
    return id


def unique(base: str, existing: Container[str], form: str = "{} ({})") -> str:
    """What is wanted or, if that is taken, with the first free number from 2."""
    number, candidate = 1, base
    while candidate in existing:
        number += 1
        candidate = form.format(base, number)
    return candidate


def stable_id(*parts: object) -> str:
    """An id for what has none: the same parts always give the same one."""
    joined = "\x1f".join(map(str, parts)).encode("utf-8", "replace")
    return "row-" + hashlib.sha256(joined).hexdigest()[:20]


def _encoding(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as problem:
        raise ContentError.unreadable(path, problem) from problem
    return next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8")


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b\x08\x00")


def _not_text(path: Path, problem: UnicodeDecodeError) -> ContentError:
    if _is_packed(path):
        return ContentError(path, "", "is a workbook or an archive, no text", hint=_AS_TEXT)
    hint = 'Save it as UTF-8, or name its encoding: `encoding = "cp1252"` in the columns file.'
    return ContentError(path, "", f"is no {problem.encoding} text", hint=hint)
