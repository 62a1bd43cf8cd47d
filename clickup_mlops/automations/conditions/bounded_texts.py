"""`replace` and `join` of CEL with a bound: the length of the result is known before it is made.
Pure. What doubles a value, such as `+` in a loop or `strings.quote`, is bounded when the expression
is compiled: how many copies of what it reads it may hold is seen there, so that evaluating counts
nothing. Without loops and quotes it holds no more of them than its text has names.

The library's functions have none, and cannot be declared anew. So what was compiled is changed: it
calls functions of our own, whose names are as long. Calls are told from fields of that name by what
they are in the compiled expression (`google.protobuf.Any` with a `cel.expr.CheckedExpr`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from cel_expr_python import cel

LONGEST: Final = 1_000_000
"""Characters of a result; what would be longer has no answer."""
_OURS: Final[Mapping[bytes, bytes]] = {b"replace": b"_place_", b"join": b"_jn_"}
"""Our function in place of each of the library's."""
_TEXT: Final = cel.Type("string")
_TEXTS: Final = cel.Type("list<string>")
PARTS: Final[Mapping[str, Mapping[int, str]]] = {
    "any": {2: "checked"},
    "checked": {4: "expression"},
    "expression": {5: "select", 6: "call", 7: "list", 8: "struct", 9: "loop"},
    "select": {1: "expression"},
    "call": {1: "expression", 3: "expression"},
    "list": {1: "expression"},
    "struct": {2: "entry"},
    "entry": {3: "expression", 4: "expression"},
    "loop": dict.fromkeys((2, 4, 5, 6, 7), "expression"),
}
"""By kind of message the numbers of its fields in which calls may be, and of what kind they are."""
FUNCTION: Final = 2
"""The field of a call that has the function's name."""
_FIXED: Final = {1: 8, 5: 4}
"""Bytes of a field by its wire type."""
MOST: Final = 100
"""Copies in one expression."""
_ADDING: Final = {b"_+_", b"format"}
"""Functions whose result holds all that they take; that of others holds one of it."""
_DOUBLING: Final = b"strings.quote"
_VARIABLE: Final = 4
"""The field of an expression that is a variable; its first field is the name."""
_ELEMENT, _RANGE, _RESULT = 1, 2, 3
"""Of a loop: the name of an element, what it goes through, and the name of its result."""


def bounded(environment: Any, text: str, compiled: Any) -> Any:
    """The compiled expression of the text with our functions in place of the library's."""
    if not any(name.decode() in text for name in _OURS):
        return compiled
    data = bytearray(compiled.serialize())
    for start, end in [*_find_names(data, "any", 0, len(data))]:
        data[start:end] = _OURS[bytes(data[start:end])]
    return environment.deserialize(bytes(data))


def _find_names(
    data: bytes | bytearray, kind: str, start: int, end: int
) -> Iterator[tuple[int, int]]:
    """Where calls have names of the library that are ours."""
    for number, begin, stop in _read_fields(data, start, end):
        if kind == "call" and number == FUNCTION and bytes(data[begin:stop]) in _OURS:
            yield begin, stop
        elif part := PARTS[kind].get(number):
            yield from _find_names(data, part, begin, stop)


def _read_fields(data: bytes | bytearray, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The fields of a protobuf message: number, beginning and end of the value."""
    while at < end:
        tag, begin = _read_varint(data, at)
        wire_type, stop = tag & 7, begin + _FIXED.get(tag & 7, 0)
        if wire_type in (0, 2):
            length, begin = _read_varint(data, begin)
            stop = begin + length * (wire_type == 2)
        yield tag >> 3, begin, stop
        at = stop


def _read_varint(data: bytes | bytearray, at: int) -> tuple[int, int]:
    """The number there, and where it ends."""
    number, shift = data[at] & 0x7F, 0
    while data[at] & 0x80:
        at, shift = at + 1, shift + 7
        number |= (data[at] & 0x7F) << shift
    return number, at + 1


def measure_growth(data: bytes) -> int:
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
        for number, start, end in _read_fields(self._data, *place):
            yield number, (start, end)

    def _texts(self, place: tuple[int, int], *path: int) -> Iterator[bytes]:
        """What the field at the path holds, as often as it is there."""
        for number, at in self._fields(place):
            if number == path[0] and len(path) == 1:
                yield self._data[slice(*at)]
            elif number == path[0]:
                yield from self._texts(at, *path[1:])


def replace(text: str, old: str, new: str, most: int = -1) -> str:
    """As CEL's. Raises ValueError: the result would be too long."""
    times = text.count(old) if most < 0 else min(most, text.count(old))
    _check("replace", len(text) + times * (len(new) - len(old)))
    return text.replace(old, new, most)


def join(texts: Sequence[str], between: str = "") -> str:
    """As CEL's. Raises ValueError: the result would be too long, or something is no text."""
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("join takes texts only: use string(...)")
    _check("join", sum(map(len, texts)) + len(between) * max(0, len(texts) - 1))
    return between.join(texts)


def _check(name: str, length: int) -> None:
    if length > LONGEST:
        raise ValueError(f"the result of {name} is longer than {LONGEST} characters")


def _declared(name: bytes, impl: Callable[..., str], *signatures: list[Any]) -> Any:
    ours = _OURS[name].decode()
    overloads = [
        cel.Overload(f"{ours}{len(types)}", _TEXT, types, is_member=True, impl=impl)
        for types in signatures
    ]
    return cel.FunctionDecl(ours, overloads)


DECLARED: Final = (
    _declared(b"replace", replace, [_TEXT] * 3, [*[_TEXT] * 3, cel.Type("int")]),
    _declared(b"join", join, [_TEXTS], [_TEXTS, _TEXT]),
)
