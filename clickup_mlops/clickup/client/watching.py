"""Looking at a listing again and again, and giving what changed."""

from collections.abc import Callable, Iterator
from typing import Final, Protocol

from clickup_mlops.clickup.model import Task

OVERLAP_MS: Final = 5_000
"""So far each look goes back behind the last: answers may lag behind changes."""


class List(Protocol):
    """Tasks of a List that changed after a time."""

    def __call__(self, *, order_by: str, updated_after_ms: int) -> Iterator[Task]:
        """A listing."""


class Line(Protocol):
    """What a look needs of the transport."""

    @property
    def sleep(self) -> Callable[[float], None]:
        """Waits so many seconds."""

    @property
    def clock(self) -> Callable[[], int]:
        """Now by ClickUp's clock, Unix ms."""


def watch(read: List, line: Line, every_s: float, since_ms: int | None) -> Iterator[Task]:
    """Each task that is new or was changed, as it is seen; oldest first, for ever."""
    newest_ms = line.clock() if since_ms is None else since_ms
    start_ms = newest_ms
    seen: dict[str, int] = {}
    while True:
        tasks = [*read(order_by="updated", updated_after_ms=newest_ms - OVERLAP_MS)]
        for task in sorted(tasks, key=lambda task: task.updated_ms):
            if task.updated_ms > max(start_ms, seen.get(task.id, 0)):
                yield task
        newest_ms = max([newest_ms, *(task.updated_ms for task in tasks)])
        seen = {task.id: task.updated_ms for task in tasks}
        line.sleep(every_s)
