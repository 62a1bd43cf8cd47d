"""What ties tasks together: subtasks, further Lists, links, dependencies; and deleting."""

from clickup_mlops.sandbox.clickup.state.events import Change
from clickup_mlops.sandbox.clickup.state.model import Gone, Task, TaskList, User
from clickup_mlops.sandbox.clickup.state.notifications import emit, record_changes
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.state.world import World


def subtasks(world: World, task: Task) -> list[Task]:
    """The direct subtasks, oldest first."""
    found = [one for one in world.tasks if one.parent == task.id]
    return sorted(found, key=lambda one: (one.date_created, one.id))


def add_to_list(world: World, task: Task, there: TaskList) -> None:
    """Show a task in one more List."""
    if there.id != task.list_id and there.id not in task.other_lists:
        task.other_lists.append(there.id)
        world.tasks.put(task)


def remove_from_list(world: World, task: Task, there: TaskList) -> None:
    """Take a task out of a List that is not its home."""
    if there.id in task.other_lists:
        task.other_lists.remove(there.id)
        world.tasks.put(task)


def link(world: World, actor: User, task: Task, other: Task) -> None:
    """Link two tasks, seen from both."""
    if task.id == other.id or any(one["link_id"] == other.id for one in task.links):
        return
    record = {"date_created": str(world.now_ms()), "userid": str(actor.id)}
    task.links.append({"task_id": task.id, "link_id": other.id, **record})
    other.links.append({"task_id": other.id, "link_id": task.id, **record})
    world.tasks.put(other)
    record_changes(world, actor, task, Change("linked_task", None, other.id))


def unlink(world: World, actor: User, task: Task, other: Task) -> None:
    """Remove a link from both tasks."""
    task.links = [one for one in task.links if one["link_id"] != other.id]
    other.links = [one for one in other.links if one["link_id"] != task.id]
    world.tasks.put(other)
    record_changes(world, actor, task, Change("linked_task", other.id, None))


def depend(world: World, actor: User, task: Task, on: Task) -> None:
    """`task` waits on `on`."""
    if task.id == on.id:
        raise bad_input("A task cannot depend on itself")
    if any(one["task_id"] == task.id and one["depends_on"] == on.id for one in task.dependencies):
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
    for one in (task, on):
        one.dependencies = [
            d for d in one.dependencies if (d["task_id"], d["depends_on"]) != (task.id, on.id)
        ]
        world.tasks.put(one)
    record_changes(world, actor, task, Change("dependency", on.id, None))


def delete(world: World, actor: User, task: Task) -> None:
    """Delete a task with its subtasks and the relations of others to it."""
    for child in subtasks(world, task):
        delete(world, actor, child)
    emit(world, "taskDeleted", task, ())
    world.wrote(task.id, "deleted", False, True, actor)
    for other in _related(world, task):
        other.links = [one for one in other.links if one["link_id"] != task.id]
        other.dependencies = [
            one for one in other.dependencies if task.id not in (one["task_id"], one["depends_on"])
        ]
        world.tasks.put(other)
    world.tasks.drop(task.id)
    world.gone.put(Gone(task.id))


def _related(world: World, task: Task) -> list[Task]:
    """The other ends of its links and dependencies: both ends hold each of them."""
    ids = dict.fromkeys(one["link_id"] for one in task.links)
    for one in task.dependencies:
        ids |= dict.fromkeys((one["task_id"], one["depends_on"]))
    ids.pop(task.id, None)
    found = (world.tasks.get(one) for one in ids)
    return [one for one in found if one is not None]
