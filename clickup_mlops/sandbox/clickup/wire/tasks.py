"""Tasks on the wire, with the serialised form of each kept until something it shows changes."""

from collections.abc import Iterable

import orjson

from clickup_mlops.sandbox.clickup.state.changes import priority
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.model import Json, Task
from clickup_mlops.sandbox.clickup.state.tasks import relations, tasks
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.basics import (
    creator,
    folder_stub,
    known_person,
    list_stub,
    ms,
)
from clickup_mlops.sandbox.clickup.wire.fields import on_task
from clickup_mlops.sandbox.clickup.wire.groups import assigned

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


def shown(world: World, task: Task, *, markdown: bool = False) -> Json:
    """A task as lists show it."""
    there = world.lists[task.list_id]
    folder, space = world.folders[there.folder_id], world.spaces[there.space_id]
    extra = {"markdown_description": task.text} if markdown else {}
    return {
        **_head(world, task),
        **extra,
        **_times(task),
        **_people(world, task),
        "checklists": task.checklists,
        "tags": [space.tags[name] for name in task.tags if name in space.tags],
        "parent": task.parent,
        "top_level_parent": tasks.top_parent(world, task),
        "priority": priority(task.priority),
        "points": task.points,
        "custom_fields": [on_task(world, one, task) for one in fields.of_task(world, task)],
        "dependencies": task.dependencies,
        "linked_tasks": task.links,
        "locations": [
            {"id": x.id, "name": x.name} for x in map(world.lists.get, task.other_lists) if x
        ],
        "team_id": space.team_id,
        "url": f"https://app.clickup.com/t/{task.id}",
        "sharing": _SHARING,
        "permission_level": "create",
        "list": list_stub(there),
        "project": folder_stub(folder),
        "folder": folder_stub(folder),
        "space": {"id": space.id},
    }


def one(world: World, task: Task, *, markdown: bool = False, children: bool = False) -> Json:
    """A task as GET task shows it: with attachments and, if wanted, its subtasks."""
    full = shown(world, task, markdown=markdown)
    full["attachments"] = task.attachments
    if children:
        full["subtasks"] = [shown(world, child) for child in relations.subtasks(world, task)]
    return full


class TaskBytes:
    """The JSON of each task as bytes. A page of 100 is then a join, not a serialisation."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: dict[str, tuple[int, bytes]] = {}
        self._layout = -1

    def page(self, found: Iterable[Task], last: bool, *, markdown: bool = False) -> bytes:
        """The body of a page of tasks."""
        self._forget_old_layout()
        each = self._with_markdown if markdown else self._one
        joined = b",".join(map(each, found))
        return b'{"tasks":[' + joined + b'],"last_page":' + (b"true}" if last else b"false}")

    def _one(self, task: Task) -> bytes:
        stamp = self._world.tasks.stamps[task.id]
        kept = self._kept.get(task.id)
        if kept and kept[0] == stamp:
            return kept[1]
        made = orjson.dumps(shown(self._world, task))
        if not _shows_others(self._world, task):
            self._kept[task.id] = (stamp, made)
        return made

    def _with_markdown(self, task: Task) -> bytes:
        return orjson.dumps(shown(self._world, task, markdown=True))

    def _forget_old_layout(self) -> None:
        if self._layout != self._world.layout_revision:
            self._layout = self._world.layout_revision
            self._kept.clear()


def _shows_others(world: World, task: Task) -> bool:
    """Whether the JSON repeats something of other tasks, so that it cannot be kept."""
    if task.parent:
        return True
    types = {one.type for one in fields.of_task(world, task)}
    return bool(types & {"tasks", "list_relationship", "automatic_progress", "attachment"})


def _head(world: World, task: Task) -> Json:
    return {
        "id": task.id,
        "custom_id": task.custom_id,
        "custom_item_id": task.custom_item_id,
        "name": task.name,
        "text_content": task.text,
        "description": task.text,
        "status": tasks.status(world, task),
        "orderindex": f"{task.orderindex}.{'0' * 32}",
    }


def _times(task: Task) -> Json:
    return {
        "date_created": str(task.date_created),
        "date_updated": str(task.date_updated),
        "date_closed": ms(task.date_closed),
        "date_done": ms(task.date_done),
        "archived": task.archived,
        "due_date": ms(task.due_date),
        "start_date": ms(task.start_date),
        "time_estimate": task.time_estimate,
        "time_spent": task.time_spent,
    }


def _people(world: World, task: Task) -> Json:
    return {
        "creator": creator(world.users[task.creator_id]),
        "assignees": [known_person(world, one) for one in task.assignees],
        "group_assignees": [assigned(world, one) for one in task.group_assignees],
        "watchers": [known_person(world, one) for one in task.watchers],
    }
