"""Many rows of numbers by name, packed: a tenth of the memory of a dict of lists."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

Row = Sequence[float]
"""One number per outcome."""

START: Final = b'"weights":{\n'
END: Final = b"}\n"


class Packed(Mapping[str, list[float]]):
    """Rows of `width` numbers each, in single precision. Of two rows with a name the last holds."""

    __slots__ = ("_at", "_numbers", "_width")

    def __init__(self, width: int, rows: Iterable[tuple[str, Row]]) -> None:
        self._width = width
        self._at: dict[str, int] = {}
        self._numbers = array("f")
        for name, row in rows:
            self._at[name] = len(self._numbers)
            self._numbers.extend(row)

    def get(self, name: str, default: Any = None) -> Any:
        """The row, or the default. Asked for every feature of a text: no exception on the way."""
        at = self._at.get(name)
        return default if at is None else self._numbers[at : at + self._width].tolist()

    def __getitem__(self, name: str) -> list[float]:
        at = self._at[name]
        return self._numbers[at : at + self._width].tolist()

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)


def read(lines: Iterable[bytes]) -> tuple[dict[str, Any], Iterator[tuple[str, Row]]]:
    """What stands above `weights` in a model's file, and its rows, one line at a time.

    The whole file as one value would take ten times its size in memory.

    Raises:
        ValueError: it is cut off, or not in this form; also while the rows are read.
    """
    left = iter(lines)
    above = b""
    for line in left:
        if line == START:
            return orjson.loads(above + START + b"}}"), _rows(left)
        above += line
    raise ValueError("it has no weights")


def _rows(lines: Iterator[bytes]) -> Iterator[tuple[str, Row]]:
    for line in lines:
        if line == END:
            return
        yield from orjson.loads(b"{" + line.rstrip(b",\n") + b"}").items()
    raise ValueError("it is cut off")
