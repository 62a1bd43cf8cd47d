"""One machine's archive -> its texts. What is not as `collect.sh` makes it is refused."""

import io
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from clickup_mlops.errors import ClickUpMlopsError

_ROOT: Final = "roce"
_LARGEST: Final = 8 * 1024 * 1024
"""Bytes of an archive, and of all its texts."""
_MOST: Final = 5_000
"""Texts in an archive: a host has about ten for each device, a switch seven."""
_LARGEST_TEXT: Final = 1024 * 1024
_AGAIN: Final = "Run collect.sh again on that machine."

_BROKEN: Final = (
    tarfile.TarError,
    zlib.error,
    EOFError,
    ValueError,
    OverflowError,
    RecursionError,  # headers that lead from one to the next, thousands of them
)


class ArchiveError(ClickUpMlopsError):
    """An archive that cannot be trusted or read."""


def read_archive(path: Path) -> Mapping[str, str]:
    """Its texts by their path, such as `net/ens1np0/mtu`.

    Raises:
        ArchiveError: it is cut, too large, or holds what the script does not make: another path,
            a link, a device.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as problem:
        raise ArchiveError(f"{path}: {problem.strerror}") from problem
    if len(content) > _LARGEST:
        raise ArchiveError(f"{path}: larger than {_LARGEST // 2**20} MiB", hint=_AGAIN)
    try:
        return dict(_texts(_unzipped(content)))
    except ArchiveError as problem:
        raise ArchiveError(f"{path}: {problem}", hint=_AGAIN) from problem
    except _BROKEN as problem:
        raise ArchiveError(f"{path}: not a whole archive: {problem}", hint=_AGAIN) from problem


def _unzipped(content: bytes) -> bytes:
    """Bounded: a small file may hold gigabytes of zeros."""
    stream = zlib.decompressobj(wbits=31)
    plain = stream.decompress(content, _LARGEST)
    if stream.unconsumed_tail:
        raise ArchiveError(f"more than {_LARGEST // 2**20} MiB when it is unpacked")
    if not stream.eof:
        raise ArchiveError("it is cut")
    return plain


def _texts(plain: bytes) -> Iterator[tuple[str, str]]:
    # Without a name for each member first: a header may promise more members than there are.
    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
        for number, member in enumerate(archive):
            if number >= _MOST:
                raise ArchiveError(f"more than {_MOST:,} files")
            name = _checked(member)
            if member.isfile() and (file := archive.extractfile(member)):
                yield name, file.read().decode("utf-8", "replace")


def _checked(member: tarfile.TarInfo) -> str:
    """The path below the root."""
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or path.parts[:1] != (_ROOT,):
        raise ArchiveError(f"it holds the path {member.name!r:.80}")
    # A sparse file holds far more than its archive.
    if not (member.isfile() or member.isdir()) or member.issparse():
        raise ArchiveError(f"{member.name!r:.80} is neither a file nor a folder")
    if member.size > _LARGEST_TEXT:
        raise ArchiveError(f"{member.name!r:.80} is larger than {_LARGEST_TEXT // 2**20} MiB")
    return "/".join(path.parts[1:])
