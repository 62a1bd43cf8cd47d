"""Five jobs with clickup-client: tasks of a List."""

from collections.abc import Iterator
from datetime import datetime

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import UncertainWrite


def list_open(token: str, url: str, **options: str) -> list[tuple[str, int | None]]:
    """Name and priority of each open one, found by the address in the browser."""
    with ClickUp(token, **options) as clickup:
        task_list = clickup.lists.find(url)
        return [(task.name, task.priority) for task in clickup.tasks.in_list(task_list.id)]


def add(clickup: ClickUp, list_id: str, name: str, due: datetime) -> str:
    """A new one with a label and a due date."""
    return clickup.tasks.create(list_id, name, due=due, tags=["gpu"]).id


def raise_all(clickup: ClickUp, ids: list[str]) -> list[str]:
    """Change many, with progress; those that could not be changed."""
    batch = clickup.tasks.batch_update({task_id: {"priority": 1} for task_id in ids})
    return [ids[number] for number in batch.failures]


def comment_once(clickup: ClickUp, task_id: str, text: str) -> None:
    """A comment that is not written twice when the line breaks."""
    try:
        clickup.comments.add(task_id, text)
    except UncertainWrite:
        if all(text not in comment.text for comment in clickup.comments.of_task(task_id)):
            clickup.comments.add(task_id, text)


def follow(clickup: ClickUp, list_id: str) -> Iterator[Task]:
    """Whatever is new or changed from now on."""
    yield from clickup.tasks.watch(list_id)
