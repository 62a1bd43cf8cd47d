"""Many rows of whole numbers by name, each row packed into one int: many are added at C's speed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress, islice, repeat
from typing import Any, Final

import orjson

Row = Sequence[float]
"""One number per outcome."""

START: Final = b'"weights":{\n'
END: Final = b"}\n"
_AT_ONCE: Final = 500
"""Lines that are read together."""
LARGEST: Final = 4_000
"""The largest number of a row: more changes nothing, and 3,000 of the largest can be added."""
_WIDTH: Final = 6
_LANE: Final = 28
"""Bits of a packed row for each of its seven numbers."""
_FULL, _ZERO = (1 << _LANE) - 1, 1 << _LANE - 1
"""What these bits can hold, and what they hold for 0."""
_SHIFTS: Final = range(0, _LANE * _WIDTH, _LANE)
_SUM_SHIFT: Final = _LANE * _WIDTH
_SUM_ZERO: Final = 1 << 11
"""What the bits of a row's sum hold for 0. They are the highest: if they are few, so are the bytes
of the int."""
_SUM_PLACES: Final = sum(1 << shift for shift in _SHIFTS) - (1 << _SUM_SHIFT)
"""What the sum of a row is multiplied by: it is taken from each lead, and kept as itself."""
_ZEROS: Final = sum(_ZERO << shift for shift in _SHIFTS) + (_SUM_ZERO << _SUM_SHIFT)


class Packed(Mapping[str, list[float]]):
    """Rows of six whole numbers each, at most `LARGEST`. No two have the same name.

    Each row is packed into one int: its *leads*, that is six times each number less the sum of all,
    and that sum. All that a model's answer depends on is the leads.
    """

    __slots__ = ("_rows",)

    def __init__(self, parts: Iterable[Mapping[str, Sequence[int]]]) -> None:
        self._rows: dict[str, int] = {}
        # A third of the names share their row with another one: one object for each distinct row.
        distinct: dict[int, int] = {}
        for rows in parts:
            try:
                packed = [distinct.setdefault(row, row) for row in _pack(rows.values())]
                self._rows.update(zip(rows, packed, strict=True))
            except ValueError as problem:
                raise ValueError(f"not every row has {_WIDTH} numbers") from problem

    def get_packed(self, names: Iterable[str]) -> list[int]:
        """The packed row of each name; 0 where there is none."""
        return [*map(self._rows.get, names, repeat(0))]

    def combine(self, names: Iterable[str]) -> int:
        """One packed row, the sum of those of all names; 0 where none has one."""
        rows = [*filter(None, map(self._rows.get, names))]
        return sum(rows) - (len(rows) - 1) * _ZEROS if rows else 0

    def add(self, packed: Iterable[int]) -> list[float]:
        """The sum of packed rows: how far each number of it is above their mean."""
        rows = [*filter(None, packed)]
        total = sum(rows) - (len(rows) - 1) * _ZEROS
        return [((total >> shift & _FULL) - _ZERO) / _WIDTH for shift in _SHIFTS]

    def add_leads(
        self,
        sums: dict[str, float],
        names: Iterable[str],
        packed: Sequence[int],
        *,
        place: int,
        value: float,
    ) -> None:
        """Add to the sum of each name the lead of its row at a place, times `value`, if the lead is
        positive.
        """
        shift = _SHIFTS[place]
        # A number's lead fills its bits: a positive one has the highest of them.
        positive = map((_ZERO << shift).__and__, packed)
        for name, row in compress(zip(names, packed, strict=True), positive):
            sums[name] = sums.get(name, 0.0) + value * ((row >> shift & _FULL) - _ZERO)

    def __getitem__(self, name: str) -> list[float]:
        row = self._rows[name]
        total = (row >> _SUM_SHIFT) - _SUM_ZERO
        return [((row >> shift & _FULL) - _ZERO + total) // _WIDTH for shift in _SHIFTS]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


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


def _pack(rows: Iterable[Sequence[int]]) -> Iterator[int]:
    first, second, third, fourth, fifth = _SHIFTS[1:]
    for a, b, c, d, e, f in rows:
        numbers = a + (b << first) + (c << second) + (d << third) + (e << fourth) + (f << fifth)
        yield _ZEROS + _WIDTH * numbers - (a + b + c + d + e + f) * _SUM_PLACES


def _iterate_rows(lines: Iterator[bytes]) -> Iterator[dict[str, list[int]]]:
    while chunk := list(islice(lines, _AT_ONCE)):
        is_last = END in chunk
        listed = b"".join(chunk[: chunk.index(END)] if is_last else chunk).rstrip(b",\n")
        yield orjson.loads(b"{" + listed + b"}")
        if is_last:
            return
    raise ValueError("it is cut off")
