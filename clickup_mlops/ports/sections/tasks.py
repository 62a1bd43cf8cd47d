"""Tasks as reports show them: by name, as a link."""

from collections.abc import Iterable, Mapping

from clickup_mlops.clickup.model import Task
from clickup_mlops.flow.model import Journey
from clickup_mlops.ports.sections.model import Data
from clickup_mlops.views.model import Cell, Link


def read_tasks(data: Data, task_ids: Iterable[str]) -> Mapping[str, Task]:
    """The tasks that the store has, by id. One that was deleted is not there."""
    ids = sorted({id_ for id_ in task_ids if id_})
    rows = data.store.mirror.get_many(ids) if ids else {}
    return {task_id: Task.parse(row.raw) for task_id, row in rows.items()}


def existing(data: Data, journeys: Iterable[Journey]) -> list[Journey]:
    """Those of tasks that were not deleted since."""
    listed = [*journeys]
    existing_ids = data.store.mirror.filter_known(journey.task_id for journey in listed)
    return [journey for journey in listed if journey.task_id in existing_ids]


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
    return ", ".join(user.username or user.email for user in task.assignees) if task else ""
