"""Tasks on the wire, with the serialised form of each kept until something it shows changes."""

from collections.abc import Iterable

import orjson

from clickup_mlops.sandbox.clickup.state.changes import format_priority
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Task
from clickup_mlops.sandbox.clickup.state.tasks import relations, tasks
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.basics import (
    format_creator,
    format_folder_stub,
    format_list_stub,
    format_ms,
    format_user_or_null,
)
from clickup_mlops.sandbox.clickup.wire.fields import format_field_on_task
from clickup_mlops.sandbox.clickup.wire.groups import format_assigned_group

_SHARING = {
    "public": False,
    "public_share_expires_on": None,
    "public_fields": [
        "assignees",
        "priority",
        "due_date",
        "content",
        "comments",
        "attachments",
        "customFields",
        "subtasks",
        "tags",
        "checklists",
        "coverimage",
    ],
    "token": None,
    "seo_optimized": False,
}


def format_task(world: World, task: Task, *, markdown: bool = False) -> JsonTable:
    """A task as lists show it."""
    task_list = world.lists[task.list_id]
    folder, space = world.folders[task_list.folder_id], world.spaces[task_list.space_id]
    extra = {"markdown_description": task.text} if markdown else {}
    return {
        **_format_head(world, task),
        **extra,
        **_format_times(task),
        **_format_people(world, task),
        "checklists": task.checklists,
        "tags": [space.tags[name] for name in task.tags if name in space.tags],
        "parent": task.parent,
        "top_level_parent": tasks.find_top_parent(world, task),
        "priority": format_priority(task.priority),
        "points": task.points,
        "custom_fields": [
            format_field_on_task(world, field, task)
            for field in fields.get_task_fields(world, task)
        ],
        "dependencies": task.dependencies,
        "linked_tasks": task.links,
        "locations": [
            {"id": x.id, "name": x.name} for x in map(world.lists.get, task.other_lists) if x
        ],
        "team_id": space.team_id,
        "url": f"https://app.clickup.com/t/{task.id}",
        "sharing": _SHARING,
        "permission_level": "create",
        "list": format_list_stub(task_list),
        "project": format_folder_stub(folder),
        "folder": format_folder_stub(folder),
        "space": {"id": space.id},
    }


def format_full_task(
    world: World, task: Task, *, markdown: bool = False, children: bool = False
) -> JsonTable:
    """A task as GET task shows it: with attachments and, if wanted, its subtasks."""
    full = format_task(world, task, markdown=markdown)
    full["attachments"] = task.attachments
    if children:
        full["subtasks"] = [
            format_task(world, child) for child in relations.list_subtasks(world, task)
        ]
    return full


class TaskBytes:
    """The JSON of each task as bytes. A page of 100 is then a join, not a serialisation."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cache: dict[str, tuple[int, bytes]] = {}
        self._layout = -1

    def page(self, tasks: Iterable[Task], last: bool, *, markdown: bool = False) -> bytes:
        """The body of a page of tasks."""
        self._forget_old_layout()
        serialize = self._serialize_with_markdown if markdown else self._serialize
        joined = b",".join(map(serialize, tasks))
        return b'{"tasks":[' + joined + b'],"last_page":' + (b"true}" if last else b"false}")

    def _serialize(self, task: Task) -> bytes:
        stamp = self._world.tasks.stamps[task.id]
        cached = self._cache.get(task.id)
        if cached and cached[0] == stamp:
            return cached[1]
        serialized = orjson.dumps(format_task(self._world, task))
        if not _has_foreign_values(self._world, task):
            self._cache[task.id] = (stamp, serialized)
        return serialized

    def _serialize_with_markdown(self, task: Task) -> bytes:
        return orjson.dumps(format_task(self._world, task, markdown=True))

    def _forget_old_layout(self) -> None:
        if self._layout != self._world.layout_revision:
            self._layout = self._world.layout_revision
            self._cache.clear()


def _has_foreign_values(world: World, task: Task) -> bool:
    """Whether the JSON repeats something of other tasks, so that it cannot be kept."""
    if task.parent:
        return True
    types = {field.type for field in fields.get_task_fields(world, task)}
    return bool(types & {"tasks", "list_relationship", "automatic_progress", "attachment"})


def _format_head(world: World, task: Task) -> JsonTable:
    return {
        "id": task.id,
        "custom_id": task.custom_id,
        "custom_item_id": task.custom_item_id,
        "name": task.name,
        "text_content": task.text,
        "description": task.text,
        "status": tasks.get_status(world, task),
        "orderindex": f"{task.orderindex}.{'0' * 32}",
    }


def _format_times(task: Task) -> JsonTable:
    return {
        "date_created": str(task.date_created),
        "date_updated": str(task.date_updated),
        "date_closed": format_ms(task.date_closed),
        "date_done": format_ms(task.date_done),
        "archived": task.archived,
        "due_date": format_ms(task.due_date),
        "start_date": format_ms(task.start_date),
        "time_estimate": task.time_estimate,
        "time_spent": task.time_spent,
    }


def _format_people(world: World, task: Task) -> JsonTable:
    return {
        "creator": format_creator(world.users[task.creator_id]),
        "assignees": [format_user_or_null(world, user_id) for user_id in task.assignees],
        "group_assignees": [
            format_assigned_group(world, group_id) for group_id in task.group_assignees
        ],
        "watchers": [format_user_or_null(world, user_id) for user_id in task.watchers],
    }
