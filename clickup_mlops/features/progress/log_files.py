"""The end of a run's log. Whoever submits a job says where that is: only an own file is read."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

TAIL: Final = 65_536
"""Bytes of the end of a log that are read."""
_FLAGS: Final = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY")
)


def read_tail(path: str, owner: int | None, folders: Sequence[str]) -> str:
    """The end of a log; empty: it is not there, or not to be read. Only a regular file is (a pipe
    would be waited for), which belongs to `owner` (a user id; None: whoever), and which is in one
    of the `folders`, if some are named, once its symbolic links are followed.
    """
    try:
        real = Path(path).resolve(strict=True)
        if folders and not any(real.is_relative_to(Path(folder).resolve()) for folder in folders):
            return ""
        # What it is is asked of the open file: the path may lead elsewhere a moment later.
        number = os.open(real, _FLAGS)
    except (OSError, ValueError, RuntimeError):
        return ""
    try:
        status = os.fstat(number)
        is_own = owner is None or status.st_uid == owner
        if not is_own or not stat.S_ISREG(status.st_mode):
            return ""
        os.lseek(number, max(0, status.st_size - TAIL), os.SEEK_SET)
        return os.read(number, TAIL).decode("utf-8", "replace")
    except OSError:
        return ""
    finally:
        os.close(number)
