"""Reads many tasks that changed since some time, a hundred to a call, oldest change first."""

from collections.abc import Collection, Iterator
from typing import Any, Final

from clickup_mlops.clickup.client.resources.tasks import PAGE_SIZE
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import NotFound

WORTH_A_PAGE: Final = 3
"""Fewer tasks are read one by one."""

Chunk = dict[str, Task | None]


def chunks(tasks: Any, workspace: str, task_ids: Collection[str], since_ms: int) -> Iterator[Chunk]:
    """The tasks by id, in chunks that may be acted on before the next is read; None: it is gone.

    `tasks` are the client's. Each page begins where the last one ended by the time of change, so
    that it does not matter if tasks of an earlier chunk have been changed meanwhile.
    """
    missing, after_ms = dict.fromkeys(task_ids), since_ms
    while len(missing) >= WORTH_A_PAGE:
        page = _page(tasks, workspace, after_ms)
        found: Chunk = {task.id: task for task in page if task.id in missing}
        for task_id in found:
            del missing[task_id]
        if found:
            yield found
        if len(found) < WORTH_A_PAGE or len(page) < PAGE_SIZE:
            break  # the others are scattered, or were not changed since
        after_ms = (page[-1].updated_ms or 0) - 1
    for task_id in missing:
        yield {task_id: _one(tasks, task_id)}


def _page(tasks: Any, workspace: str, after_ms: int) -> list[Task]:
    """A page; more, if all its tasks were changed in the same millisecond."""
    page: list[Task] = []
    for task in tasks.in_workspace(
        workspace, order_by="updated", reverse=True, updated_after_ms=after_ms
    ):
        page.append(task)
        if len(page) % PAGE_SIZE == 0 and page[-1].updated_ms != page[0].updated_ms:
            break
    return page


def _one(tasks: Any, task_id: str) -> Task | None:
    try:
        found: Task = tasks.get(task_id)
    except NotFound:
        return None
    return found
