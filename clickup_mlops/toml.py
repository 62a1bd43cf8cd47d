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


def format_value(plain: Any) -> str:
    """One value, on one line."""
    text: str = _build_inline(plain).as_string()
    return text


def _build_inline(plain: Any) -> Item:
    if isinstance(plain, Mapping):
        table = tomlkit.inline_table()
        table.update(
            {key: _build_inline(value) for key, value in plain.items() if value is not None}
        )
        return table
    if _is_array(plain):
        array = tomlkit.array()
        array.extend(map(_build_inline, plain))
        return array
    scalar: Item = tomlkit.item(plain)
    return scalar


def _fill(table: Container | Table, values: Mapping[str, Any]) -> None:
    present = {key: value for key, value in values.items() if value is not None}
    for key, value in sorted(present.items(), key=lambda pair: _is_table(pair[1])):
        table.append(key, _build_item(key, value))


def _is_table(plain: Any) -> bool:
    """Whether it is a table or an array of tables, which must follow the other keys."""
    if isinstance(plain, Mapping):
        return True
    return (
        _is_array(plain) and bool(plain) and all(isinstance(element, Mapping) for element in plain)
    )


def _is_array(plain: Any) -> bool:
    return isinstance(plain, Sequence) and not isinstance(plain, str)


def _build_item(key: str, plain: Any) -> Item:
    if isinstance(plain, Mapping):
        return _build_table(plain)
    if _is_table(plain):
        return AoT([_build_table(table) for table in plain])
    if isinstance(plain, str) and "\n" in plain and "\r" not in plain:
        return _build_block(plain)
    return _wrap_array(tomlkit.item(plain), len(key) + 3)


def _build_block(plain: str) -> Item:
    """Lines stay lines. A line break right after the opening quotes is not part of the text."""
    text = tomlkit.string(plain, multiline=True).as_string()
    block = text if plain.startswith("\n") else text.replace('"""', '"""\n', 1)
    return tomlkit.value(block)


def _build_table(plain: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    _fill(table, plain)
    return table


def _wrap_array(item: Item, column: int) -> Item:
    if isinstance(item, Array) and item and column + len(item.as_string()) > _WIDTH:
        return item.multiline(True)
    return item
