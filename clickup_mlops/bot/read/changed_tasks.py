"""The tasks of a Workspace that changed since some time, a hundred to a call."""

from collections.abc import Iterator

from clickup_mlops.clickup.client.resources.tasks import PAGE_SIZE, Tasks
from clickup_mlops.clickup.model import Task


def changed_tasks(
    tasks: Tasks,
    workspace: str,
    after_ms: int,
    *,
    list_ids: tuple[str, ...] = (),
    space_ids: tuple[str, ...] = (),
) -> Iterator[list[Task]]:
    """Page after page, the oldest change first; closed tasks and subtasks, too.

    Each page asks from the last task's time on. Not by page number: tasks that change while we read
    move to the end, and the tasks behind them would slip through to a page that was read already.
    A task on the border comes twice.
    """
    while True:
        changed = tasks.in_workspace(
            workspace,
            list_ids=list_ids,
            space_ids=space_ids,
            updated_after_ms=after_ms,
            order_by="updated",
            reverse=True,
        )
        page = _page(changed)
        if page:
            yield page
        # A page of one single time is all that was left, however long: see `_page`.
        if len(page) < PAGE_SIZE or page[-1].updated_ms == page[0].updated_ms:
            return
        after_ms = page[-1].updated_ms - 1


def _page(changed: Iterator[Task]) -> list[Task]:
    page: list[Task] = []
    for task in changed:
        page.append(task)
        # A whole page with one single time would come again for ever: then read on.
        if len(page) % PAGE_SIZE == 0 and task.updated_ms > page[0].updated_ms:
            break
    return page
