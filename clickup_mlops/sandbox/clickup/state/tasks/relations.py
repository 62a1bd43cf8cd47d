"""What ties tasks together: subtasks, further Lists, links, dependencies; and deleting."""

from clickup_mlops.sandbox.clickup.state.events import Change
from clickup_mlops.sandbox.clickup.state.model import Gone, Task, TaskList, User
from clickup_mlops.sandbox.clickup.state.notifications import emit, record_changes
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.state.world import World


def list_subtasks(world: World, task: Task) -> list[Task]:
    """The direct subtasks, oldest first."""
    tasks = [child for child in world.tasks if child.parent == task.id]
    return sorted(tasks, key=lambda task: (task.date_created, task.id))


def add_to_list(world: World, task: Task, task_list: TaskList) -> None:
    """Show a task in one more List."""
    if task_list.id != task.list_id and task_list.id not in task.other_lists:
        task.other_lists.append(task_list.id)
        world.tasks.put(task)


def remove_from_list(world: World, task: Task, task_list: TaskList) -> None:
    """Take a task out of a List that is not its home."""
    if task_list.id in task.other_lists:
        task.other_lists.remove(task_list.id)
        world.tasks.put(task)


def link(world: World, actor: User, task: Task, linked: Task) -> None:
    """Link two tasks, seen from both."""
    if task.id == linked.id or any(link["link_id"] == linked.id for link in task.links):
        return
    record = {"date_created": str(world.now_ms()), "userid": str(actor.id)}
    task.links.append({"task_id": task.id, "link_id": linked.id, **record})
    linked.links.append({"task_id": linked.id, "link_id": task.id, **record})
    world.tasks.put(linked)
    record_changes(world, actor, task, Change("linked_task", None, linked.id))


def unlink(world: World, actor: User, task: Task, linked: Task) -> None:
    """Remove a link from both tasks."""
    task.links = [link for link in task.links if link["link_id"] != linked.id]
    linked.links = [link for link in linked.links if link["link_id"] != task.id]
    world.tasks.put(linked)
    record_changes(world, actor, task, Change("linked_task", linked.id, None))


def depend(world: World, actor: User, task: Task, on: Task) -> None:
    """`task` waits on `on`."""
    if task.id == on.id:
        raise bad_input("A task cannot depend on itself")
    if any(
        dependency["task_id"] == task.id and dependency["depends_on"] == on.id
        for dependency in task.dependencies
    ):
        return
    record = {
        "task_id": task.id,
        "depends_on": on.id,
        "type": 1,
        "date_created": str(world.now_ms()),
        "userid": str(actor.id),
        "workspace_id": world.place(task).team_id,
        "chain_id": None,
    }
    task.dependencies.append(record)
    on.dependencies.append(record)
    world.tasks.put(on)
    record_changes(world, actor, task, Change("dependency", None, on.id))


def undepend(world: World, actor: User, task: Task, on: Task) -> None:
    """`task` no longer waits on `on`."""
    for end in (task, on):
        end.dependencies = [
            d for d in end.dependencies if (d["task_id"], d["depends_on"]) != (task.id, on.id)
        ]
        world.tasks.put(end)
    record_changes(world, actor, task, Change("dependency", on.id, None))


def delete(world: World, actor: User, task: Task) -> None:
    """Delete a task with its subtasks and the relations of others to it."""
    for child in list_subtasks(world, task):
        delete(world, actor, child)
    emit(world, "taskDeleted", task, ())
    world.log_write(task.id, "deleted", False, True, actor)
    for related in _find_related(world, task):
        related.links = [link for link in related.links if link["link_id"] != task.id]
        related.dependencies = [
            dependency
            for dependency in related.dependencies
            if task.id not in (dependency["task_id"], dependency["depends_on"])
        ]
        world.tasks.put(related)
    world.tasks.drop(task.id)
    # A deleted id still answers some calls, in odd ways.
    world.deleted_tasks.put(Gone(task.id))


def _find_related(world: World, task: Task) -> list[Task]:
    """The other ends of its links and dependencies: both ends hold each of them."""
    ids = dict.fromkeys(link["link_id"] for link in task.links)
    for dependency in task.dependencies:
        ids |= dict.fromkeys((dependency["task_id"], dependency["depends_on"]))
    ids.pop(task.id, None)
    tasks = (world.tasks.get(task_id) for task_id in ids)
    return [task for task in tasks if task is not None]
