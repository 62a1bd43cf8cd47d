"""Saves a changed task, logs its writes, and emits its events."""

from clickup_mlops.sandbox.clickup.state.events import SPECIFIC, Change, Event, Place
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Task, User
from clickup_mlops.sandbox.clickup.state.world import World


def record_changes(world: World, actor: User, task: Task, *changes: Change) -> None:
    """Save a task; log each change, and emit taskUpdated and the specific event for real ones."""
    for change in changes:
        world.log_write(task.id, _get_log_name(change), change.before, change.after, actor)
    real = [change for change in changes if change.before != change.after]
    if real:
        task.date_updated = world.now_ms()
    world.tasks.put(task)
    for change in real:
        emit_change(world, actor, task, change, (world.place(task),))


def emit_change(
    world: World, actor: User, task: Task, change: Change, where: tuple[Place, ...]
) -> None:
    """Emit taskUpdated and the specific event of one change, for webhooks at these places."""
    task.date_updated = world.now_ms()
    world.tasks.put(task)
    items = tuple(world.item(part, task.list_id, actor) for part in (*change.lead, change))
    for kind in ("taskUpdated", SPECIFIC.get(change.field)):
        if kind:
            world.emit(Event(kind, {"task_id": task.id}, where, items))


def _get_log_name(change: Change) -> str:
    if change.field == "custom_field":
        return f"field:{change.extra['custom_field']['name']}"
    return change.field


def emit(world: World, kind: str, task: Task, items: tuple[JsonTable, ...]) -> None:
    """Emit one event about a task."""
    world.emit(Event(kind, {"task_id": task.id}, (world.place(task),), items))
