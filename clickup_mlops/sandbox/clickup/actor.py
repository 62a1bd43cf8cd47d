"""Acting as a member of the Workspace, by hand or in a script, beside the API."""

from typing import Any

from clickup_mlops.errors import InputError
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.model import Field, JsonTable, Task, TaskList, User
from clickup_mlops.sandbox.clickup.state.talk import comments
from clickup_mlops.sandbox.clickup.state.tasks import relations, task_values, tasks
from clickup_mlops.sandbox.clickup.state.world import World

PRIORITIES = {"urgent": 1, "high": 2, "normal": 3, "low": 4, "none": None}


class Actor:
    """One member. Lists, tasks and fields are named by id or name; webhooks fire as usual."""

    def __init__(self, world: World, user: User) -> None:
        self._world, self.user = world, user

    def create_task(self, list_name: str, name: str, **body: object) -> str:
        """A new task; `body` takes the keys of Create Task. Returns its id."""
        with self._world.change():
            task_list = self._find_list(list_name)
            return tasks.create(self._world, self.user, task_list, {"name": name, **body}).id

    def update(self, task: str, **body: object) -> None:
        """Change a task; `body` takes the keys of Update Task."""
        with self._world.change():
            tasks.update(self._world, self.user, self._find_task(task), body)

    def set_priority(self, task: str, priority: int | str | None) -> None:
        """Raise or lower the flag: 1 to 4, its name, or None."""
        level = PRIORITIES[priority] if isinstance(priority, str) else priority
        self.update(task, priority=level)

    def set_status(self, task: str, status: str) -> None:
        """Move a task to another status."""
        self.update(task, status=status)

    def set_field(self, task: str, field: str, value: object) -> None:
        """Write a custom field by name; a drop_down or labels value by option name."""
        with self._world.change():
            target = self._find_task(task)
            definition = self._find_field(target, field)
            body = {"value": _resolve_option_names(definition, value)}
            task_values.set_field(self._world, self.user, target, definition.id, body)

    def clear_field(self, task: str, field: str) -> None:
        """Remove a custom field value."""
        with self._world.change():
            target = self._find_task(task)
            task_values.clear_field(
                self._world, self.user, target, self._find_field(target, field).id
            )

    def tag(self, task: str, name: str) -> None:
        """Put a tag on a task."""
        with self._world.change():
            task_values.add_tag(self._world, self.user, self._find_task(task), name)

    def untag(self, task: str, name: str) -> None:
        """Take a tag off a task."""
        with self._world.change():
            task_values.remove_tag(self._world, self.user, self._find_task(task), name)

    def comment(self, task: str, text: str) -> str:
        """Comment on a task; returns the comment's id."""
        with self._world.change():
            target = self._find_task(task)
            body = {"comment_text": text}
            return comments.create(self._world, self.user, ("task", target.id), body).id

    def edit_comment(self, comment_id: str, text: str) -> None:
        """Give a comment another text."""
        with self._world.change():
            comment = comments.get(self._world, comment_id)
            comments.update(self._world, self.user, comment, {"comment_text": text})

    def move(self, task: str, list_name: str) -> None:
        """Give a task another home List; statuses that do not exist there become its first."""
        with self._world.change():
            target, task_list = self._find_task(task), self._find_list(list_name)
            mapping = _map_to_first_status(self._world, target, task_list)
            tasks.move(self._world, self.user, target, task_list, {"status_mappings": mapping})

    def depend(self, task: str, on: str) -> None:
        """`task` waits on `on`."""
        with self._world.change():
            relations.depend(self._world, self.user, self._find_task(task), self._find_task(on))

    def delete(self, task: str) -> None:
        """Delete a task with its subtasks; webhooks get taskDeleted for each."""
        with self._world.change():
            relations.delete(self._world, self.user, self._find_task(task))

    def _find_task(self, task: str) -> Task:
        if task in self._world.tasks:
            return self._world.tasks[task]
        for candidate in self._world.tasks:
            if candidate.name == task:
                return candidate
        raise InputError(f"no task {task!r}")

    def _find_list(self, name: str) -> TaskList:
        for task_list in self._world.lists:
            if name in (task_list.id, task_list.name):
                return task_list
        raise InputError(f"no list {name!r}")

    def _find_field(self, task: Task, name: str) -> Field:
        for field in fields.get_task_fields(self._world, task):
            if name in (field.id, field.name):
                return field
        raise InputError(f"no field {name!r} on {task.name!r}")


def _resolve_option_names(field: Field, value: object) -> Any:
    ids = fields.get_option_ids(field)
    if isinstance(value, list) and field.type == "labels":
        return [ids.get(name, name) for name in value]
    return ids.get(value, value) if isinstance(value, str) else value


def _map_to_first_status(world: World, task: Task, task_list: TaskList) -> list[JsonTable]:
    source, first = tasks.get_status(world, task), world.statuses(task_list)[0]
    if any(status["status"] == task.status for status in world.statuses(task_list)):
        return []
    return [{"source_status_id": source["id"], "destination_status_id": first["id"]}]
