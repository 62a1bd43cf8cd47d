"""An .xlsx file as rows of plain values. Its size is checked before it is read."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

from clickup_mlops.errors import ContentError
from clickup_mlops.monday.export.reading import Reader, ReaderEnded

Value = str | int | float | bool | date | datetime | time | timedelta
"""A cell; an empty one is `""`."""
Row = Sequence[Value]

MAX_UNPACKED: Final = 1024**3
"""Bytes of all parts of a workbook together. 100,000 rows of 20 columns need about 150 MB."""
_PASSWORD_MARK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""A workbook with a password is no zip archive, but a compound file that starts with this."""
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPED: Final = re.compile(r"'(?=[=+\-@])")
_EXPORT_AGAIN: Final = "Export it from Monday.com again, as .xlsx and without a password."


class Workbook:
    """One .xlsx file. Rows come one at a time; a sheet is held in a compact form while it is read.

    `name` is what messages call it. Raises ContentError if it is no workbook, needs a password or
    would be larger than `MAX_UNPACKED`.
    """

    def __init__(self, content: Path | bytes, name: str) -> None:
        self.name = name
        _check(content, name)
        try:
            self._reader = Reader(content)
        except ReaderEnded as problem:
            raise _unreadable_error(name, problem) from problem

    @property
    def sheets(self) -> Sequence[str]:
        """The names of the sheets, in order."""
        return self._reader.sheets

    def rows(self, sheet: str) -> Iterator[Row]:
        """Every row, empty ones too, the first one first. Raises ContentError."""
        try:
            for row in self._reader.rows(sheet):
                yield tuple(map(clean, row))
        except ReaderEnded as problem:
            raise _unreadable_error(self.name, problem) from problem

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()


def clean(value: Value) -> Value:
    """Without what no text may hold: control characters, halves of characters, outer spaces, and
    the apostrophe before a text that starts like a formula.
    """
    if not isinstance(value, str):
        return value
    text = _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return _ESCAPED.sub("", text, count=1) if text.startswith("'") else text


def _check(content: Path | bytes, name: str) -> None:
    if not isinstance(content, bytes) and not content.is_file():
        raise ContentError(name, "", "there is no such file")
    if _read_start(content).startswith(_PASSWORD_MARK):
        raise ContentError(name, "", "is protected by a password", hint=_EXPORT_AGAIN)
    try:
        with zipfile.ZipFile(BytesIO(content) if isinstance(content, bytes) else content) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as problem:
        raise _unreadable_error(name, problem) from problem
    if unpacked > MAX_UNPACKED:
        raise ContentError(name, "", f"would need {unpacked:,} bytes unpacked", hint=_EXPORT_AGAIN)


def _read_start(content: Path | bytes) -> bytes:
    if isinstance(content, bytes):
        return content[:8]
    with content.open("rb") as file:
        return file.read(8)


def _unreadable_error(name: str, problem: Exception) -> ContentError:
    return ContentError(name, "", f"is no readable workbook: {problem}", hint=_EXPORT_AGAIN)
