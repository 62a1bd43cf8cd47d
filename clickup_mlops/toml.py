"""Plain data as TOML, which the standard library only reads. Pure; written by tomlkit."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import tomlkit
from tomlkit.container import Container
from tomlkit.items import AoT, Array, Item, Table

_WIDTH: Final = 100
"""Columns; longer arrays get a line for each value."""


def dumps(values: Mapping[str, Any]) -> str:
    """The document. Values are strings, numbers, booleans, lists, and mappings of these.

    A mapping is a table, a list of mappings an array of tables; both follow the other keys. None is
    left out: TOML has no null.
    """
    document = tomlkit.document()
    _fill(document, values)
    return document.as_string().lstrip("\n")


def value(plain: Any) -> str:
    """One value, on one line."""
    written: str = _inline(plain).as_string()
    return written


def _inline(plain: Any) -> Item:
    if isinstance(plain, Mapping):
        table = tomlkit.inline_table()
        table.update({key: _inline(one) for key, one in plain.items() if one is not None})
        return table
    if _is_array(plain):
        array = tomlkit.array()
        array.extend(map(_inline, plain))
        return array
    scalar: Item = tomlkit.item(plain)
    return scalar


def _fill(table: Container | Table, values: Mapping[str, Any]) -> None:
    given = {key: each for key, each in values.items() if each is not None}
    for key, each in sorted(given.items(), key=lambda one: _is_table(one[1])):
        table.append(key, _item(key, each))


def _is_table(plain: Any) -> bool:
    """Whether it is a table or an array of tables, which must follow the other keys."""
    if isinstance(plain, Mapping):
        return True
    return _is_array(plain) and bool(plain) and all(isinstance(one, Mapping) for one in plain)


def _is_array(plain: Any) -> bool:
    return isinstance(plain, Sequence) and not isinstance(plain, str)


def _item(key: str, plain: Any) -> Item:
    if isinstance(plain, Mapping):
        return _table(plain)
    if _is_table(plain):
        return AoT([_table(one) for one in plain])
    if isinstance(plain, str) and "\n" in plain and "\r" not in plain:
        return _block(plain)
    return _wrapped(tomlkit.item(plain), len(key) + 3)


def _block(plain: str) -> Item:
    """Lines stay lines. A line break right after the opening quotes is not part of the text."""
    written = tomlkit.string(plain, multiline=True).as_string()
    opened = written if plain.startswith("\n") else written.replace('"""', '"""\n', 1)
    return tomlkit.value(opened)


def _table(plain: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    _fill(table, plain)
    return table


def _wrapped(item: Item, column: int) -> Item:
    if isinstance(item, Array) and item and column + len(item.as_string()) > _WIDTH:
        return item.multiline(True)
    return item
