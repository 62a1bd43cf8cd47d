"""Merging tasks into one; it cannot be undone."""

from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.changes import format_delta
from clickup_mlops.sandbox.clickup.state.events import Change
from clickup_mlops.sandbox.clickup.state.hierarchy import tags
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Task, User
from clickup_mlops.sandbox.clickup.state.notifications import record_changes
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input
from clickup_mlops.sandbox.clickup.state.tasks import relations, tasks
from clickup_mlops.sandbox.clickup.state.time import entries
from clickup_mlops.sandbox.clickup.state.values import read_list
from clickup_mlops.sandbox.clickup.state.world import World


def merge(world: World, actor: User, target: Task, body: JsonTable) -> None:
    """Put what other tasks hold into this one, then delete them.

    Description, people, tags, checklists, files, comments, subtasks and tracked time come along;
    status, priority, dates and custom fields of the target stay.
    """
    ids = list(dict.fromkeys(str(task_id) for task_id in read_list(body, "source_task_ids")))
    if not ids or target.id in ids:
        raise bad_input("source_task_ids must name other tasks")
    sources = [tasks.get(world, task_id) for task_id in ids]
    if not all(_may_edit(world, actor, task) for task in [target, *sources]):
        # The status is documented, the code is not.
        raise Refusal("SANDBOX_403", "Unauthorized to merge these tasks")
    if set(ids) & set(_find_ancestors(world, target)):
        raise bad_input("A task cannot be merged into its own subtask")
    for source in sources:
        _take_over(world, actor, target, source)
    for source in sources:
        relations.delete(world, actor, source)


def _may_edit(world: World, actor: User, task: Task) -> bool:
    return actor.role != access.GUEST or access.get_share(world, actor, task) in ("edit", "create")


def _find_ancestors(world: World, task: Task) -> list[str]:
    ancestor_ids = []
    above = world.tasks.get(task.parent)
    while above is not None:
        ancestor_ids.append(above.id)
        above = world.tasks.get(above.parent)
    return ancestor_ids


def _take_over(world: World, actor: User, target: Task, source: Task) -> None:
    before = target.text
    target.text = "\n\n".join(part for part in (target.text, source.text) if part)
    for key in ("assignees", "group_assignees", "watchers", "tags"):
        joined = dict.fromkeys([*getattr(target, key), *getattr(source, key)])
        setattr(target, key, list(joined))
    tags.ensure_tags(world, world.spaces[world.lists[target.list_id].space_id], target.tags, actor)
    target.checklists += [{**checklist, "task_id": target.id} for checklist in source.checklists]
    target.attachments += source.attachments
    _move_references(world, source, target)
    entries.move_to(world, source.id, target)
    record_changes(
        world,
        actor,
        target,
        Change("merged_task", None, source.id),
        *(
            [Change("content", format_delta(before), format_delta(target.text))]
            if before != target.text
            else []
        ),
    )


def _move_references(world: World, source: Task, target: Task) -> None:
    for comment in world.comments:
        if (comment.on, comment.on_id) == ("task", source.id):
            comment.on_id = target.id
            world.comments.put(comment)
    for child in relations.list_subtasks(world, source):
        if child.id != target.id:
            child.parent = target.id
            _move(world, child, target.list_id)


def _move(world: World, task: Task, list_id: str) -> None:
    task.list_id = list_id
    world.tasks.put(task)
    for child in relations.list_subtasks(world, task):
        _move(world, child, list_id)
