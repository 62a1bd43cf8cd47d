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
    missing = dict.fromkeys(one for one in task_ids if one)
    if NO_TASK.id in task_ids:
        yield {NO_TASK.id: NO_TASK}
    pages = changed_tasks(tasks, workspace, since_ms)
    while len(missing) >= WORTH_A_PAGE and (page := next(pages, None)):
        found: Chunk = {task.id: task for task in page if task.id in missing}
        for task_id in found:
            del missing[task_id]
        if found:
            yield found
        if len(found) < WORTH_A_PAGE:
            break  # the others are scattered, or were not changed since
    for task_id in missing:
        yield {task_id: _one(tasks, task_id)}


def _one(tasks: Tasks, task_id: str) -> Task | None:
    try:
        return tasks.get(task_id)
    except NotFound:
        return None
