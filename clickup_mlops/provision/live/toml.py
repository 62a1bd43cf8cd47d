"""Plain data as TOML text: what the standard library reads and cannot write. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeGuard

from clickup_mlops.provision.tree import Attributes

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\f": "\\f", "\r": "\\r"}
_WIDTH: Final = 100
"""Columns; longer arrays get a line for each value."""


def dumps(table: Attributes) -> str:
    """The document. Values are strings, numbers, booleans, lists, and tables of these.

    None is left out: TOML has no word for it.
    """
    return "\n".join(_table(table, ())).lstrip("\n") + "\n"


def _table(table: Attributes, path: tuple[str, ...]) -> Iterator[str]:
    given = {key: value for key, value in table.items() if value is not None}
    inner = {key: value for key, value in given.items() if _is_inner(value)}
    for key, value in given.items():
        if key not in inner:
            yield f"{_key(key)} = {_value(value, len(_key(key)) + 3)}"
    for key, value in inner.items():
        below = (*path, key)
        for one in [value] if isinstance(value, Mapping) else value:
            brackets = "[%s]" if isinstance(value, Mapping) else "[[%s]]"
            yield "\n" + brackets % ".".join(map(_key, below))
            yield from _table(one, below)


def _is_inner(value: object) -> bool:
    """Whether it is a table, or an array of tables."""
    if isinstance(value, Mapping):
        return True
    return _is_array(value) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _is_array(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _line(key)


def _value(value: object, column: int) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if _is_array(value):
        return _array([_value(one, 0) for one in value], column)
    text = str(value)
    return _block(text) if "\n" in text else _line(text)


def _array(values: Sequence[str], column: int) -> str:
    line = f"[{', '.join(values)}]"
    if column + len(line) <= _WIDTH or not values:
        return line
    return "[\n" + "".join(f"  {one},\n" for one in values) + "]"


def _line(text: str) -> str:
    return '"' + "".join(map(_escaped, text)).replace("\n", "\\n") + '"'


def _block(text: str) -> str:
    # A newline right after the opening quotes is not part of the text.
    return '"""\n' + "".join(map(_escaped, text)) + '"""'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    control = (ord(letter) < 32 and letter != "\n") or ord(letter) == 127
    return f"\\u{ord(letter):04x}" if control else letter
