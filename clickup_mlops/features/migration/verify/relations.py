"""Compares dependencies, links and relationship fields, once both sides are in the index."""

from collections.abc import Iterable, Iterator
from typing import Final

from clickup_mlops.features.migration.records import Item
from clickup_mlops.features.migration.verify.fields import Finding
from clickup_mlops.features.migration.verify.index import Index, Wanted
from clickup_mlops.features.migration.verify.items import Side
from clickup_mlops.features.migration.verify.seen import Seen

REFERENCES: Final = ("tasks", "list_relationship")
"""Types of relationship fields."""
_FURTHEST: Final = 10_000


def wanted(side: Side, item: Item) -> Iterator[Wanted]:
    """How the item's task must be related to those of other items."""
    for column, table in side.columns(item):
        cell = item.cells.get(column.id)
        others = _others(cell.value) if cell else ()
        for other in others:
            if table.to == "dependencies":
                yield Wanted(item.id, "dependencies", "", other)
            elif table.to == "links":
                yield Wanted(item.id, "links", "", other)
                yield Wanted(other, "links", "", item.id)
            elif table.to == "field" and table.field_type in REFERENCES:
                yield Wanted(item.id, "field", table.field.casefold(), other)


def compare(index: Index, seen: Seen) -> Iterator[tuple[str, Finding]]:
    """What differs, by field. Only tasks and items of this migration count."""
    asked = [one for one in index.wanted(seen.item) if one.other != seen.item]
    missing = _items(index, (one.other for one in asked if one.kind == "dependencies"))
    waits = {index.item_of(one) for one in seen.waits_for} - {""}
    refused = {one for one in missing - waits if _is_cyclic(index, seen, one)}
    yield from _named(index, "dependencies", missing - refused, waits)
    links = _items(index, (one.other for one in asked if one.kind == "links"))
    yield from _named(index, "links", links, {index.item_of(one) for one in seen.links} - {""})
    yield from _fields(index, seen, [one for one in asked if one.kind == "field"])


def _others(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (str(one["item"]) for one in value if isinstance(one, dict) and "item" in one)


def _items(index: Index, ids: Iterable[str]) -> set[str]:
    """Those that are in the source and have a task: the others are no part of the migration."""
    return {one for one in ids if index.item(one) is not None and index.tasks_of(one)}


def _is_cyclic(index: Index, seen: Seen, other: str) -> bool:
    """Whether the other task waits for this one already: ClickUp refuses a circle."""
    left, known = [other], {other}
    while left and len(known) < _FURTHEST:
        for task in index.tasks_of(left.pop())[:1]:
            following = {index.item_of(one) for one in task.waits_for} - known
            if seen.item in following:
                return True
            known |= following
            left += following
    return False


def _fields(index: Index, seen: Seen, asked: list[Wanted]) -> Iterator[tuple[str, Finding]]:
    names = {key for key, one in seen.fields.items() if one.type in REFERENCES}
    for name in sorted(names | {one.field for one in asked}):
        have = seen.fields.get(name)
        tasks = have.value if have and isinstance(have.value, list) else ()
        expected = _items(index, (one.other for one in asked if one.field == name))
        yield from _named(index, name, expected, {index.item_of(one) for one in tasks} - {""})


def _named(
    index: Index, field: str, expected: set[str], found: set[str]
) -> Iterator[tuple[str, Finding]]:
    if expected != found:
        yield field, (_names(index, expected), _names(index, found))


def _names(index: Index, ids: Iterable[str]) -> str:
    items = (index.item(one) for one in sorted(ids))
    return ", ".join(f"{one.name} ({one.id})" for one in items if one)
