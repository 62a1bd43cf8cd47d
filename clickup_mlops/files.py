"""Writing files: whole or not at all, so that a full disk or Ctrl-C leaves what was there."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write(path: Path, content: str | bytes, *, private: bool = False) -> None:
    """The content, text as UTF-8, in place of what is there. As `replacing`."""
    with replacing(path, private=private) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` when the block ends well.

    One that is there keeps its permissions; a new one has those of the umask. `private`: only its
    owner may read it, at no time anybody else. A link stays, and what it points to is replaced.
    What is no regular file, such as `/dev/stdout` or a pipe, is written as it is.

    Raises:
        OSError: it cannot be written; names the path.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as device:
                yield device
        else:
            yield from _beside(path.resolve(), 0o600 if private else 0o666, keep=not private)
    except OSError as problem:
        # A write names no file, and of the one beside it nobody has heard.
        raise OSError(problem.errno, problem.strerror or str(problem), str(path)) from problem


def _beside(path: Path, mode: int, *, keep: bool) -> Iterator[BinaryIO]:
    from secrets import token_hex  # every command imports this module, few write a file

    fresh = path.with_name(f".{path.name}.{token_hex(8)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            yield file
        if keep and path.exists():
            shutil.copymode(path, fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
