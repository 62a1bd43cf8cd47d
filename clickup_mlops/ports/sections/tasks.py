"""Tasks as reports show them: by name, as a link."""

from collections.abc import Iterable, Mapping

from clickup_mlops.clickup.model import Task
from clickup_mlops.flow.model import Journey
from clickup_mlops.ports.sections.model import Data
from clickup_mlops.views.model import Cell, Link


def known(data: Data, task_ids: Iterable[str]) -> Mapping[str, Task]:
    """The tasks that the store has, by id. One that was deleted is not there."""
    wanted = sorted({one for one in task_ids if one})
    rows = data.store.mirror.get_many(wanted) if wanted else {}
    return {task_id: Task.parse(row.raw) for task_id, row in rows.items()}


def existing(data: Data, found: Iterable[Journey]) -> list[Journey]:
    """Those of tasks that were not deleted since."""
    listed = [*found]
    there = data.store.mirror.filter_known(one.task_id for one in listed)
    return [one for one in listed if one.task_id in there]


def link(task_id: str, tasks: Mapping[str, Task]) -> Cell:
    """The task's name, leading to ClickUp; its id if nothing else is known of it."""
    task = tasks.get(task_id)
    if task is None:
        return task_id
    name = " ".join(task.name.split()) or task_id
    url = str(task.raw.get("url") or "")
    return Link(name, url) if url.startswith("https://") else name


def title(task_id: str, tasks: Mapping[str, Task]) -> str:
    """The task's name; its id if nothing else is known of it."""
    task = tasks.get(task_id)
    return (" ".join(task.name.split()) if task else "") or task_id


def owners(task: Task | None) -> str:
    """The names of its assignees."""
    return ", ".join(one.username or one.email for one in task.assignees) if task else ""
