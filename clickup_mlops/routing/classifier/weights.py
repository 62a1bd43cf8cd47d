"""Many rows of numbers by name, packed: a twentieth of the memory of a dict of lists."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final

import orjson

Row = Sequence[float]
"""One number per outcome."""

START: Final = b'"weights":{\n'
END: Final = b"}\n"
_AT_ONCE: Final = 500
"""Lines that are read together."""


class Packed(Mapping[str, list[float]]):
    """Rows of `width` whole numbers each (16 bits). No two have the same name.

    They are found by the hash of their name. Names are not compared: that an unknown one has the
    hash of a known one happens once in 10^14 times.
    """

    __slots__ = ("_hashes", "_names", "_numbers", "_places", "_width")

    def __init__(self, width: int, parts: Iterable[Mapping[str, Sequence[int]]]) -> None:
        hashes, self._numbers = array("q"), array("h")
        names = bytearray()
        for rows in parts:  # many at once: a loop over single ones would take three times as long
            hashes.extend(map(hash, rows))
            self._numbers.extend(chain.from_iterable(rows.values()))
            names += "\n".join((*rows, "")).encode()
        if len(self._numbers) != width * len(hashes):
            raise ValueError(f"not every row has {width} numbers")
        self._width, self._names = width, bytes(names)
        self._places = array("i", sorted(range(len(hashes)), key=hashes.__getitem__))
        self._hashes = array("q", map(hashes.__getitem__, self._places))

    def get(self, name: str, default: Any = None) -> Any:
        """The row, or the default. Asked for every feature of a text: no exception on the way."""
        name_hash = hash(name)
        at = bisect_left(self._hashes, name_hash)
        if at == len(self._hashes) or self._hashes[at] != name_hash:
            return default
        start = self._places[at] * self._width
        return self._numbers[start : start + self._width].tolist()

    def __getitem__(self, name: str) -> list[float]:
        row: list[float] | None = self.get(name)
        if row is None:
            raise KeyError(name)
        return row

    def __iter__(self) -> Iterator[str]:
        return iter(self._names.decode().split("\n")[:-1])

    def __len__(self) -> int:
        return len(self._hashes)


def read_weights(lines: Iterable[bytes]) -> tuple[dict[str, Any], Iterator[dict[str, list[int]]]]:
    """What stands above `weights` in a model's file, and its rows, some hundred at a time.

    The whole file as one value would take ten times its size in memory.

    Raises:
        ValueError: it is cut off, or not in this form; also while the rows are read.
    """
    line_iterator = iter(lines)
    above = b""
    for line in line_iterator:
        if line == START:
            return orjson.loads(above + START + b"}}"), _iterate_rows(line_iterator)
        above += line
    raise ValueError("it has no weights")


def _iterate_rows(lines: Iterator[bytes]) -> Iterator[dict[str, list[int]]]:
    while chunk := list(islice(lines, _AT_ONCE)):
        is_last = END in chunk
        listed = b"".join(chunk[: chunk.index(END)] if is_last else chunk).rstrip(b",\n")
        yield orjson.loads(b"{" + listed + b"}")
        if is_last:
            return
    raise ValueError("it is cut off")
