"""What the forms of the pages do, as the chosen member."""

from collections.abc import Mapping

from clickup_mlops.sandbox.clickup.actor import Actor
from clickup_mlops.sandbox.clickup.pages.content import EDITABLE
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.model import Field, Json, Task
from clickup_mlops.sandbox.clickup.state.values import people
from clickup_mlops.sandbox.clickup.state.world import World

Form = Mapping[str, str]


def create(actor: Actor, list_id: str, form: Form) -> str:
    """A new task; returns its id."""
    body: Json = {"description": form.get("text", "")}
    if level := _level(form.get("priority", "")):
        body["priority"] = level
    return actor.create_task(list_id, form.get("name", ""), **body)


def prioritise(actor: Actor, task: Task, form: Form) -> None:
    """Set or take away the flag."""
    actor.set_priority(task.id, _level(form.get("priority", "")))


def edit(world: World, actor: Actor, task: Task, form: Form, assignees: list[str]) -> None:
    """Apply what differs from the task; nothing else is written."""
    changes = _changes(task, form)
    wanted = people(world, assignees)
    added = [one for one in wanted if one not in task.assignees]
    removed = [one for one in task.assignees if one not in wanted]
    if added or removed:
        changes["assignees"] = {"add": added, "rem": removed}
    if changes:
        actor.update(task.id, **changes)
    _retag(actor, task, form.get("tags", ""))
    for field in fields.of_task(world, task):
        if field.type in EDITABLE and field.id in form:
            _refill(actor, task, field, form[field.id].strip())
    if form.get("list", task.list_id) != task.list_id:
        actor.move(task.id, form["list"])


def _changes(task: Task, form: Form) -> Json:
    before = {"name": task.name, "description": task.text, "status": task.status}
    changes: Json = {
        key: form[key].replace("\r\n", "\n")
        for key, value in before.items()
        if key in form and form[key].replace("\r\n", "\n") != value
    }
    if changes.get("description") == "":
        changes["description"] = " "
    if "priority" in form and _level(form["priority"]) != task.priority:
        changes["priority"] = _level(form["priority"])
    return changes


def _retag(actor: Actor, task: Task, text: str) -> None:
    wanted = [one.strip().lower() for one in text.split(",") if one.strip()]
    for name in [one for one in task.tags if one not in wanted]:
        actor.untag(task.id, name)
    for name in [one for one in wanted if one not in task.tags]:
        actor.tag(task.id, name)


def _refill(actor: Actor, task: Task, field: Field, text: str) -> None:
    if text == str(task.values.get(field.id, "")):
        return
    if text:
        actor.set_field(task.id, field.id, fields.from_text(field, text))
    else:
        actor.clear_field(task.id, field.id)


def _level(text: str) -> int | None:
    return int(text) if text in ("1", "2", "3", "4") else None
