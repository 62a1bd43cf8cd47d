"""What the library serializes a compiled expression to: `google.protobuf.Any` with a
`cel.expr.CheckedExpr`. Pure.
"""

from collections.abc import Iterator, Mapping
from typing import Final

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


def read_fields(data: bytes | bytearray, at: int, end: int) -> Iterator[tuple[int, int, int]]:
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
