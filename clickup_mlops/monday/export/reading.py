"""Reads a workbook in a process of its own.

The reader is native code: a crafted file can end its process, keep it busy for ever, or make it ask
for more memory than there is.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from itertools import count, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from python_calamine import CalamineWorkbook

from clickup_mlops import rlimits

MOST_MEMORY: Final = 4 * 1024**3
"""Bytes that the process may allocate."""
MOST_SECONDS: Final = 120.0
"""How long it may take to open the file, and for the next rows."""
_ROWS: Final = 1_000


class ReaderEnded(Exception):
    """The process ended or hung, or the file cannot be read; the message says which."""


class Reader:
    """One workbook. Raises ReaderEnded."""

    def __init__(self, content: Path | bytes) -> None:
        # Not a fork of this process, whose threads may hold locks; of one that has only the reader.
        context = get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self._connection, child_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(child_end, content), daemon=True)
        self._process.start()
        child_end.close()
        self._numbers = count()
        try:
            self.sheets: Sequence[str] = self._receive()
        except BaseException:
            self.close()
            raise

    def rows(self, sheet: str) -> Iterator[Sequence[Any]]:
        """Every row of a sheet. Sheets may be read by turns."""
        number = next(self._numbers)
        while rows := self._read_chunk(number, sheet):
            yield from rows

    def close(self) -> None:
        """End the process that reads the workbook."""
        self._process.kill()
        self._process.join()
        self._connection.close()

    def _read_chunk(self, number: int, sheet: str) -> Sequence[Sequence[Any]]:
        with suppress(OSError):  # it has ended: the answer says so
            self._connection.send((number, sheet))
        rows: Sequence[Sequence[Any]] = self._receive()
        return rows

    def _receive(self) -> Any:
        try:
            if not self._connection.poll(MOST_SECONDS):
                raise ReaderEnded(f"reading it took more than {MOST_SECONDS:g} s")
            answer, problem = self._connection.recv()
        except (EOFError, OSError):
            most = f"{MOST_MEMORY // 1024**3} GiB"
            raise ReaderEnded(
                f"its reader ended: it is damaged, or needs more than {most}"
            ) from None
        if problem:
            raise ReaderEnded(problem)
        return answer


def _serve(connection: Connection, content: Path | bytes) -> None:
    rlimits.limit_memory(MOST_MEMORY)
    try:
        opened = BytesIO(content) if isinstance(content, bytes) else content
        book = CalamineWorkbook.from_object(opened)
        connection.send((book.sheet_names, ""))
        _send_rows(connection, book)
    except (EOFError, OSError) as problem:
        _send_problem(connection, problem)
    except BaseException as problem:  # a panic of the reader is no Exception
        _send_problem(connection, problem)


def _send_rows(connection: Connection, book: CalamineWorkbook) -> None:
    """The next rows of what is asked for, until nobody asks."""
    reading: dict[int, Iterator[Sequence[Any]]] = {}
    while True:
        number, sheet = connection.recv()
        if number not in reading:
            reading[number] = iter(book.get_sheet_by_name(sheet).iter_rows())
        connection.send(([*islice(reading[number], _ROWS)], ""))


def _send_problem(connection: Connection, problem: BaseException) -> None:
    with suppress(OSError):
        connection.send((None, str(problem) or type(problem).__name__))
