"""What the forms of the pages do, as the chosen member."""

from collections.abc import Mapping

from clickup_mlops.sandbox.clickup.actor import Actor
from clickup_mlops.sandbox.clickup.pages.content import EDITABLE
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.model import Field, JsonTable, Task
from clickup_mlops.sandbox.clickup.state.values import filter_member_ids
from clickup_mlops.sandbox.clickup.state.world import World

Form = Mapping[str, str]


def create(actor: Actor, list_id: str, form: Form) -> str:
    """A new task; returns its id."""
    body: JsonTable = {"description": form.get("text", "")}
    if level := _parse_level(form.get("priority", "")):
        body["priority"] = level
    return actor.create_task(list_id, form.get("name", ""), **body)


def prioritise(actor: Actor, task: Task, form: Form) -> None:
    """Set or take away the flag."""
    actor.set_priority(task.id, _parse_level(form.get("priority", "")))


def edit(world: World, actor: Actor, task: Task, form: Form, assignees: list[str]) -> None:
    """Apply what differs from the task; nothing else is written."""
    changes = _read_changes(task, form)
    desired = filter_member_ids(world, assignees)
    added = [user_id for user_id in desired if user_id not in task.assignees]
    removed = [user_id for user_id in task.assignees if user_id not in desired]
    if added or removed:
        changes["assignees"] = {"add": added, "rem": removed}
    if changes:
        actor.update(task.id, **changes)
    _change_tags(actor, task, form.get("tags", ""))
    for field in fields.get_task_fields(world, task):
        if field.type in EDITABLE and field.id in form:
            _change_field(actor, task, field, form[field.id].strip())
    if form.get("list", task.list_id) != task.list_id:
        actor.move(task.id, form["list"])


def _read_changes(task: Task, form: Form) -> JsonTable:
    before = {"name": task.name, "description": task.text, "status": task.status}
    changes: JsonTable = {
        key: form[key].replace("\r\n", "\n")
        for key, value in before.items()
        if key in form and form[key].replace("\r\n", "\n") != value
    }
    if changes.get("description") == "":
        changes["description"] = " "
    if "priority" in form and _parse_level(form["priority"]) != task.priority:
        changes["priority"] = _parse_level(form["priority"])
    return changes


def _change_tags(actor: Actor, task: Task, text: str) -> None:
    desired = [name.strip().lower() for name in text.split(",") if name.strip()]
    for name in [tag for tag in task.tags if tag not in desired]:
        actor.untag(task.id, name)
    for name in [tag for tag in desired if tag not in task.tags]:
        actor.tag(task.id, name)


def _change_field(actor: Actor, task: Task, field: Field, text: str) -> None:
    if text == str(task.values.get(field.id, "")):
        return
    if text:
        actor.set_field(task.id, field.id, fields.parse_text(field, text))
    else:
        actor.clear_field(task.id, field.id)


def _parse_level(text: str) -> int | None:
    return int(text) if text in ("1", "2", "3", "4") else None
