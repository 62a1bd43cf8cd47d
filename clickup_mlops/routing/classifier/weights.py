"""Many rows of whole numbers by name, each row packed into one int: many are added at C's speed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import orjson

Row = Sequence[float]
"""One number per outcome."""

START: Final = b'"weights":{\n'
END: Final = b"}\n"
_AT_ONCE: Final = 500
"""Lines that are read together."""
LARGEST: Final = 4_000
"""The largest number of a row: more changes nothing, and 170 of the largest can be added."""
_WIDTH: Final = 6
_LANE: Final = 25
"""Bits of a packed row for each number: seven of them need no more memory than six do."""
_FULL, _ZERO = (1 << _LANE) - 1, 1 << _LANE - 1
"""What these bits can hold, and what they hold for 0."""
_SHIFTS: Final = range(0, _LANE * _WIDTH, _LANE)
_SUM_SHIFT: Final = _LANE * _WIDTH
_SUM_PLACES: Final = sum(1 << shift for shift in _SHIFTS) - (1 << _SUM_SHIFT)
"""What the sum of a row is multiplied by: it is taken from each lead, and kept as itself."""
_ZEROS: Final = sum(_ZERO << shift for shift in (*_SHIFTS, _SUM_SHIFT))


class Packed(Mapping[str, list[float]]):
    """Rows of six whole numbers each, at most `LARGEST`. No two have the same name.

    Each row is packed into one int: its *leads*, that is six times each number less the sum of all,
    and that sum. All that a model's answer depends on is the leads.
    """

    __slots__ = ("_rows",)

    def __init__(self, parts: Iterable[Mapping[str, Sequence[int]]]) -> None:
        self._rows: dict[str, int] = {}
        for rows in parts:
            try:
                self._rows.update(zip(rows, _pack(rows.values()), strict=True))
            except ValueError as problem:
                raise ValueError(f"not every row has {_WIDTH} numbers") from problem

    def get_packed(self, names: Iterable[str]) -> list[int | None]:
        """The packed row of each name; None where there is none."""
        return [*map(self._rows.get, names)]

    def add(self, packed: Iterable[int | None]) -> list[float]:
        """The sum of packed rows: how far each number of it is above their mean."""
        rows = [*filter(None, packed)]
        total = sum(rows) - (len(rows) - 1) * _ZEROS
        return [((total >> shift & _FULL) - _ZERO) / _WIDTH for shift in _SHIFTS]

    def measure_leads(
        self, names: Iterable[str], packed: Iterable[int | None], place: int, value: float
    ) -> dict[str, float]:
        """The names whose row has a positive lead at a place, and that lead times `value`."""
        shift = _SHIFTS[place]
        return {
            name: value * (lead - _ZERO)
            for name, row in zip(names, packed, strict=True)
            if row and (lead := row >> shift & _FULL) > _ZERO
        }

    def __getitem__(self, name: str) -> list[float]:
        row = self._rows[name]
        total = row >> _SUM_SHIFT
        return [((row >> shift & _FULL) - 2 * _ZERO + total) // _WIDTH for shift in _SHIFTS]

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
    for a, b, c, d, e, f in rows:
        numbers = a + (b << 25) + (c << 50) + (d << 75) + (e << 100) + (f << 125)
        yield _ZEROS + _WIDTH * numbers - (a + b + c + d + e + f) * _SUM_PLACES


def _iterate_rows(lines: Iterator[bytes]) -> Iterator[dict[str, list[int]]]:
    while chunk := list(islice(lines, _AT_ONCE)):
        is_last = END in chunk
        listed = b"".join(chunk[: chunk.index(END)] if is_last else chunk).rstrip(b",\n")
        yield orjson.loads(b"{" + listed + b"}")
        if is_last:
            return
    raise ValueError("it is cut off")
