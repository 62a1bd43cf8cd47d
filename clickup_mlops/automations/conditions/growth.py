"""How many copies of what an expression reads its result may hold. Pure.

`+` doubles a text, and loops that follow each other double it again and again. The compiled
expression shows it, so that evaluating counts nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from clickup_mlops.automations.conditions.bounded_texts import FUNCTION, PARTS, read_fields

MOST: Final = 100
"""Copies in one expression."""
_ADDING: Final = {b"_+_", b"format"}
"""Functions whose result holds all that they take; that of others holds one of it."""
_DOUBLING: Final = b"strings.quote"
_VARIABLE: Final = 4
"""The field of an expression that is a variable; its first field is the name."""
_ELEMENT, _RANGE, _RESULT = 1, 2, 3
"""Of a loop: the name of an element, what it goes through, and the name of its result."""


def measure(data: bytes) -> int:
    """The greatest number of copies in any part of a serialized expression."""
    return _Measurement(data).of("any", (0, len(data)), {})


class _Measurement:
    """Of one serialized expression, by the places of its messages."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def of(self, kind: str, place: tuple[int, int], names: Mapping[bytes, int]) -> int:
        """Copies in a message of this kind, in loops whose variables have these names."""
        copies = []
        if kind == "expression":
            copies = [names.get(name, 1) for name in self._texts(place, _VARIABLE, 1)]
        for number, at in self._fields(place):
            if part := PARTS[kind].get(number):
                copies.append(self.of(part, at, names))
            if (kind, number) == ("loop", _RANGE):
                names = {**names, **self._name(place, copies[-1])}
        if kind in ("list", "struct", "entry"):
            return sum(copies)
        if kind == "call":
            return self._call(next(self._texts(place, FUNCTION)), copies)
        return max(copies, default=0)

    def _call(self, function: bytes, copies: list[int]) -> int:
        if function in _ADDING:
            return sum(copies)
        return max(copies, default=0) * (1 + (function == _DOUBLING))

    def _name(self, loop: tuple[int, int], through: int) -> Mapping[bytes, int]:
        """An element may hold what all hold; the result is counted where it is made."""
        (element,), (result,) = (self._texts(loop, part) for part in (_ELEMENT, _RESULT))
        return {element: max(1, through), result: 0}

    def _fields(self, place: tuple[int, int]) -> Iterator[tuple[int, tuple[int, int]]]:
        for number, start, end in read_fields(self._data, *place):
            yield number, (start, end)

    def _texts(self, place: tuple[int, int], *path: int) -> Iterator[bytes]:
        """What the field at the path holds, as often as it is there."""
        for number, at in self._fields(place):
            if number == path[0] and len(path) == 1:
                yield self._data[slice(*at)]
            elif number == path[0]:
                yield from self._texts(at, *path[1:])
