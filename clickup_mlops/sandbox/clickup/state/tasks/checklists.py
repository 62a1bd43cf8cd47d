"""Checklists live in their task; there is no endpoint that lists them."""

from clickup_mlops.sandbox.clickup.state.events import Change, format_user
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Task, User
from clickup_mlops.sandbox.clickup.state.notifications import record_changes
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import get_member, read_flag, read_int, read_text
from clickup_mlops.sandbox.clickup.state.world import World


def find(world: World, checklist_id: str) -> tuple[Task, JsonTable]:
    """A checklist and its task."""
    for task in world.tasks:
        for checklist in task.checklists:
            if checklist["id"] == checklist_id:
                return task, checklist
    raise no_access("Checklist")


def create(world: World, actor: User, task: Task, body: JsonTable) -> JsonTable:
    """A new, empty checklist."""
    checklist: JsonTable = {
        "id": world.ids.uuid("checklist"),
        "task_id": task.id,
        "name": _read_name(body),
        "date_created": str(world.now_ms()),
        "orderindex": len(task.checklists),
        "creator": actor.id,
        "resolved": 0,
        "unresolved": 0,
        "items": [],
    }
    task.checklists.append(checklist)
    record_changes(world, actor, task, Change("checklist_added", None, checklist["name"]))
    return checklist


def edit(world: World, checklist_id: str, body: JsonTable) -> None:
    """Rename or reorder a checklist."""
    task, checklist = find(world, checklist_id)
    checklist["name"] = read_text(body, "name", checklist["name"])
    if (position := read_int(body, "position", None)) is not None:
        task.checklists.remove(checklist)
        task.checklists.insert(max(0, min(position, len(task.checklists))), checklist)
        for index, sibling in enumerate(task.checklists):
            sibling["orderindex"] = index
    world.tasks.put(task)


def delete(world: World, checklist_id: str) -> None:
    """Remove a checklist with its items; no event is sent."""
    task, checklist = find(world, checklist_id)
    task.checklists.remove(checklist)
    world.tasks.put(task)


def add_item(world: World, actor: User, checklist_id: str, body: JsonTable) -> JsonTable:
    """A new item; answers the whole checklist."""
    task, checklist = find(world, checklist_id)
    item: JsonTable = {
        "id": world.ids.uuid("item"),
        "name": _read_name(body),
        "orderindex": len(checklist["items"]),
        "assignee": _read_assignee(world, body, None),
        "resolved": False,
        "parent": None,
        "date_created": str(world.now_ms()),
        "children": [],
    }
    checklist["items"].append(item)
    _count(checklist)
    extra = {"checklist": _format_checklist(checklist), "checklist_items": [dict(item)]}
    change = Change("checklist_items_added", None, item["id"], extra=extra)
    record_changes(world, actor, task, change)
    return checklist


def edit_item(
    world: World, actor: User, checklist_id: str, item_id: str, body: JsonTable
) -> JsonTable:
    """Rename, assign, resolve or nest an item; answers the whole checklist."""
    task, checklist = find(world, checklist_id)
    item = _find_item(checklist, item_id)
    before = item["resolved"]
    assignee, parent = (
        _read_assignee(world, body, item["assignee"]),
        _read_parent(checklist, item, body),
    )
    item["name"] = read_text(body, "name", item["name"])
    item["resolved"] = read_flag(body, "resolved", before)
    item["assignee"], item["parent"] = assignee, parent
    _count(checklist)
    was, now = (str(resolved).lower() for resolved in (before, item["resolved"]))
    extra = {"checklist": _format_checklist(checklist), "checklist_item": dict(item)}
    record_changes(world, actor, task, Change("checklist_item_resolved", was, now, extra=extra))
    return checklist


def delete_item(world: World, checklist_id: str, item_id: str) -> None:
    """Remove an item and those below it."""
    task, checklist = find(world, checklist_id)
    _remove(checklist, _find_item(checklist, item_id))
    _count(checklist)
    world.tasks.put(task)


def _remove(checklist: JsonTable, item: JsonTable) -> None:
    """An item with those below it."""
    for below in item["children"]:
        _remove(checklist, _find_item(checklist, below))
    checklist["items"].remove(item)


def _format_checklist(checklist: JsonTable) -> JsonTable:
    """The checklist inside a history item, which names the items itself."""
    return {key: value for key, value in checklist.items() if key != "items"}


def _find_item(checklist: JsonTable, item_id: str) -> JsonTable:
    items: list[JsonTable] = checklist["items"]
    for item in items:
        if item["id"] == item_id:
            return item
    raise no_access("Checklist item")


def _read_parent(checklist: JsonTable, item: JsonTable, body: JsonTable) -> str | None:
    """The item that this one is put under; not one of its own."""
    parent_id = body.get("parent", item["parent"])
    if parent_id is None:
        return None
    above: JsonTable | None = _find_item(checklist, str(parent_id))
    while above is not None:
        if above["id"] == item["id"]:
            raise bad_input("An item cannot be below itself")
        above = _find_item(checklist, above["parent"]) if above["parent"] else None
    return str(parent_id)


def _count(checklist: JsonTable) -> None:
    for item in checklist["items"]:
        item["children"] = [
            child["id"] for child in checklist["items"] if child["parent"] == item["id"]
        ]
    checklist["resolved"] = sum(entry["resolved"] for entry in checklist["items"])
    checklist["unresolved"] = len(checklist["items"]) - checklist["resolved"]


def _read_name(body: JsonTable) -> str:
    name = read_text(body, "name", "")
    if not name.strip():
        raise bad_input("Name invalid")
    return name


def _read_assignee(world: World, body: JsonTable, otherwise: JsonTable | None) -> JsonTable | None:
    if "assignee" not in body:
        return otherwise
    user_id = body["assignee"]
    return None if user_id is None else format_user(get_member(world, user_id))
