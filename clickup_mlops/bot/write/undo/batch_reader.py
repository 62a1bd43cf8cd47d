"""Reads many tasks that changed since some time, a hundred to a call, oldest change first."""

from collections.abc import Collection, Iterator
from typing import Final

from clickup_mlops.automations.model import NO_TASK
from clickup_mlops.bot.read.changed_tasks import changed_tasks
from clickup_mlops.clickup.client.resources.tasks import Tasks
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import NotFound

WORTH_A_PAGE: Final = 3
"""Fewer tasks are read one by one."""

Chunk = dict[str, Task | None]


def chunks(
    tasks: Tasks, workspace: str, task_ids: Collection[str], since_ms: int
) -> Iterator[Chunk]:
    """The tasks by id, in chunks that may be acted on before the next is read; None: it is gone.
    What is on no task, such as a chat message, has an empty id and stands for itself.

    It does not matter if tasks of an earlier chunk have been changed meanwhile.
    """
    missing = dict.fromkeys(name for name in task_ids if name)
    if NO_TASK.id in task_ids:
        yield {NO_TASK.id: NO_TASK}
    pages = changed_tasks(tasks, workspace, since_ms)
    while len(missing) >= WORTH_A_PAGE and (page := next(pages, None)):
        chunk: Chunk = {task.id: task for task in page if task.id in missing}
        for task_id in chunk:
            del missing[task_id]
        if chunk:
            yield chunk
        if len(chunk) < WORTH_A_PAGE:
            break  # the others are scattered, or were not changed since
    for task_id in missing:
        yield {task_id: _read_task(tasks, task_id)}


def _read_task(tasks: Tasks, task_id: str) -> Task | None:
    try:
        return tasks.get(task_id)
    except NotFound:
        return None
