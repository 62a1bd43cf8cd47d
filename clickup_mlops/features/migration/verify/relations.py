"""Compares dependencies, links and relationship fields, once both sides are in the index."""

from collections.abc import Iterable, Iterator
from typing import Final

from clickup_mlops.features.migration.records import Item
from clickup_mlops.features.migration.verify.fields import Finding
from clickup_mlops.features.migration.verify.index import Index, Relation
from clickup_mlops.features.migration.verify.items import Side
from clickup_mlops.features.migration.verify.task_state import TaskState

REFERENCES: Final = ("tasks", "list_relationship")
"""Types of relationship fields."""
_FURTHEST: Final = 10_000


def desired_relations(side: Side, item: Item) -> Iterator[Relation]:
    """How the item's task must be related to those of other items."""
    for column, table in side.columns(item):
        cell = item.cells.get(column.id)
        item_ids = _related_ids(cell.value) if cell else ()
        for item_id in item_ids:
            if table.to == "dependencies":
                yield Relation(item.id, "dependencies", "", item_id)
            elif table.to == "links":
                yield Relation(item.id, "links", "", item_id)
                yield Relation(item_id, "links", "", item.id)
            elif table.to == "field" and table.field_type in REFERENCES:
                yield Relation(item.id, "field", table.field.casefold(), item_id)


def compare(index: Index, task: TaskState) -> Iterator[tuple[str, Finding]]:
    """What differs, by field. Only tasks and items of this migration count."""
    relations = [
        relation for relation in index.relations_of(task.item) if relation.other != task.item
    ]
    missing = _items(
        index, (relation.other for relation in relations if relation.kind == "dependencies")
    )
    waits = {index.item_of(task_id) for task_id in task.waits_for} - {""}
    refused = {item_id for item_id in missing - waits if _is_cyclic(index, task, item_id)}
    yield from _named(index, "dependencies", missing - refused, waits)
    links = _items(index, (relation.other for relation in relations if relation.kind == "links"))
    yield from _named(
        index, "links", links, {index.item_of(task_id) for task_id in task.links} - {""}
    )
    yield from _fields(
        index, task, [relation for relation in relations if relation.kind == "field"]
    )


def _related_ids(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (
            str(reference["item"])
            for reference in value
            if isinstance(reference, dict) and "item" in reference
        )


def _items(index: Index, ids: Iterable[str]) -> set[str]:
    """Those that are in the source and have a task: the others are no part of the migration."""
    return {
        item_id for item_id in ids if index.item(item_id) is not None and index.tasks_of(item_id)
    }


def _is_cyclic(index: Index, current_task: TaskState, item_id: str) -> bool:
    """Whether the other task waits for this one already: ClickUp refuses a circle."""
    queue, visited = [item_id], {item_id}
    while queue and len(visited) < _FURTHEST:
        for task in index.tasks_of(queue.pop())[:1]:
            following = {index.item_of(task_id) for task_id in task.waits_for} - visited
            if current_task.item in following:
                return True
            visited |= following
            queue += following
    return False


def _fields(
    index: Index, task: TaskState, relations: list[Relation]
) -> Iterator[tuple[str, Finding]]:
    names = {key for key, field in task.fields.items() if field.type in REFERENCES}
    for name in sorted(names | {relation.field for relation in relations}):
        have = task.fields.get(name)
        tasks = have.value if have and isinstance(have.value, list) else ()
        expected = _items(
            index, (relation.other for relation in relations if relation.field == name)
        )
        yield from _named(
            index, name, expected, {index.item_of(task_id) for task_id in tasks} - {""}
        )


def _named(
    index: Index, field: str, expected: set[str], current: set[str]
) -> Iterator[tuple[str, Finding]]:
    if expected != current:
        yield field, (_names(index, expected), _names(index, current))


def _names(index: Index, ids: Iterable[str]) -> str:
    items = (index.item(item_id) for item_id in sorted(ids))
    return ", ".join(f"{item_id.name} ({item_id.id})" for item_id in items if item_id)
