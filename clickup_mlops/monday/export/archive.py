"""The .zip of a whole account. Nothing is unpacked to disk; names in it are never used as paths."""

import re
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, Final, cast

from clickup_mlops.errors import ContentError
from clickup_mlops.monday.export.workbook import MAX_UNPACKED, Row, Workbook, clean

_ASSET: Final = re.compile(r"(\d+)_(.+)", re.DOTALL)
_BOARD: Final = re.compile(r"(?:(\d+)_)?(.+)", re.DOTALL)
_SUBITEMS_OF: Final = "Subitems of "
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    NotImplementedError,
    EOFError,
    RuntimeError,
)
_IN_MEMORY: Final = 8 * 1024**2
"""Bytes; a larger asset is unpacked to a temporary file without a name."""
_EXPORT_AGAIN: Final = "Ask an administrator to export the account's data again."


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive: `id` and `name` are from its name, `size` is in bytes."""

    id: str
    name: str
    size: int
    path: str


class Archive:
    """The archive's files by what they hold.

    Raises ContentError if it is no zip archive, or encrypted.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        if not file.is_file():
            raise ContentError(file, "", "there is no such file")
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError) as problem:
            text = f"is no readable zip archive: {problem}"
            raise ContentError(file, "", text, hint=_EXPORT_AGAIN) from problem
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        if any(info.flag_bits & 1 for info in infos):
            self._zip.close()
            raise ContentError(file, "", "is encrypted", hint="Give the archive without password.")
        boards = _find_members(infos, "boards", _BOARD, ".xlsx")
        self.boards: Sequence[Member] = [board for board in boards if not _is_subitems(board)]
        self.updates: Sequence[Member] = _find_members(infos, "updates", _BOARD, ".xlsx")
        self.team: Sequence[Member] = _find_members(infos, "team", _BOARD, ".xlsx")
        self.assets: Mapping[str, Member] = {
            asset.id: asset for asset in _find_members(infos, "assets", _ASSET)
        }
        self._subitems = [board for board in boards if _is_subitems(board)]

    def subitems_of(self, board: Member) -> Member | None:
        """The board that holds a board's subitems; of boards with one name, in their order."""
        index = [member for member in self.boards if member.name == board.name].index(board)
        candidates = [
            member for member in self._subitems if member.name == _SUBITEMS_OF + board.name
        ]
        return candidates[index] if index < len(candidates) else None

    @property
    def unclaimed(self) -> Sequence[Member]:
        """Boards of subitems whose board is not in the archive."""
        claimed = [self.subitems_of(member) for member in self.boards]
        return [member for member in self._subitems if member not in claimed]

    def workbook(self, member: Member) -> Workbook:
        """A board, the updates or the team. Raises ContentError."""
        with self._reading(member) as packed:
            content = packed.read()
        return Workbook(content, self._name(member))

    def open(self, asset: Member) -> BinaryIO:
        """The content of an asset, checked against its checksum. Raises ContentError."""
        # A file without a name: it is gone when the caller closes it.
        unpacked = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - given to the caller
        with self._reading(asset) as packed:
            shutil.copyfileobj(packed, unpacked)
        unpacked.seek(0)
        return cast(BinaryIO, unpacked)

    @contextmanager
    def _reading(self, member: Member) -> Iterator[IO[bytes]]:
        """Its bytes; never more than the archive says, and that is checked first."""
        name = self._name(member)
        if member.size > MAX_UNPACKED:
            raise ContentError(name, "", f"has {member.size:,} bytes", hint=_EXPORT_AGAIN)
        try:
            with self._zip.open(member.path) as packed:
                yield packed
        except _BROKEN as problem:
            raise ContentError(name, "", f"is broken: {problem}", hint=_EXPORT_AGAIN) from problem

    def _name(self, member: Member) -> str:
        return f"{self.file}/{member.path}"

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()


@dataclass(frozen=True, slots=True)
class TeamRow:
    """Somebody of the account."""

    name: str
    email: str
    active: bool


def read_team(rows: Iterable[Row]) -> Sequence[TeamRow]:
    """The people of a team sheet. Its header stands in one of the first rows."""
    people: list[TeamRow] = []
    header: list[str] = []
    for row in rows:
        cells = dict(zip(header, map(str, row), strict=False))
        if not header and "Name" in row:
            header = [str(title) for title in row]
        elif name := cells.get("Name"):
            status = cells.get("User Status", "")
            people.append(TeamRow(name, cells.get("Email", ""), status in ("", "Activated")))
    return people


def _find_members(
    infos: Iterable[zipfile.ZipInfo], folder: str, pattern: re.Pattern[str], suffix: str = ""
) -> list[Member]:
    """The files of a folder, which may itself be in a folder."""
    members = []
    for info in infos:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        match = pattern.fullmatch(path.name.removesuffix(suffix))
        if path.parent.name == folder and path.name.endswith(suffix) and match:
            name = str(clean(match[2])) or "unnamed"
            members.append(Member(match[1] or "", name, info.file_size, info.filename))
    return members


def _is_subitems(member: Member) -> bool:
    return member.name.startswith(_SUBITEMS_OF)
