"""Puts records into the order that a run needs, however the source gives them."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence

from clickup_mlops.features.migration.records import Item, Update, dumps, loads


def age(created_ms: int | None, id: str) -> tuple[int, int]:
    """Sorts oldest first. Times of Monday.com have whole seconds; within one, its ids grow."""
    return created_ms or 0, int(id) if id.isdecimal() else 0


def oldest_first(threads: Iterable[Sequence[Update]]) -> Iterator[Update]:
    """The updates by the time of each thread's first one; a thread stays together.

    They wait in a temporary file, so that memory stays flat.
    """
    with tempfile.TemporaryFile() as file:
        places: list[tuple[tuple[int, int], int, int]] = []
        for thread in threads:
            first = thread[0]
            places.append((age(first.created_ms, first.id), file.tell(), len(thread)))
            file.writelines(dumps(update) + b"\n" for update in thread)
        for _age, offset, length in sorted(places):
            file.seek(offset)
            yield from [loads(Update, file.readline()) for _ in range(length)]


def parents_first(items: Iterable[Item]) -> Iterator[Item]:
    """Items as they come, but each after its parent; without a parent among them, at the end."""
    yielded: set[str] = set()
    waiting: dict[str, list[Item]] = {}
    for item in items:
        if item.parent_id is None or item.parent_id in yielded:
            yield from _with_waiting(item, yielded, waiting)
        else:
            waiting.setdefault(item.parent_id, []).append(item)
    while waiting:
        parents = list(waiting)
        # Those whose parent waits too come with it; of a cycle, any may be first.
        below = {item.id for group in waiting.values() for item in group}
        first = next((parent_id for parent_id in parents if parent_id not in below), parents[0])
        for item in waiting.pop(first):
            yield from _with_waiting(item, yielded, waiting)


def _with_waiting(item: Item, yielded: set[str], waiting: dict[str, list[Item]]) -> Iterator[Item]:
    ready = [item]
    while ready:
        next_item = ready.pop()
        yielded.add(next_item.id)
        yield next_item
        ready += reversed(waiting.pop(next_item.id, []))
