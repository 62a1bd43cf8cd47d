"""Checklists live in their task; there is no endpoint that lists them."""

from clickup_mlops.sandbox.clickup.state.events import Change, user_stub
from clickup_mlops.sandbox.clickup.state.model import Json, Task, User
from clickup_mlops.sandbox.clickup.state.notifications import record_changes
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import flag, person, text, whole
from clickup_mlops.sandbox.clickup.state.world import World


def find(world: World, checklist_id: str) -> tuple[Task, Json]:
    """A checklist and its task."""
    for task in world.tasks:
        for one in task.checklists:
            if one["id"] == checklist_id:
                return task, one
    raise no_access("Checklist")


def create(world: World, actor: User, task: Task, body: Json) -> Json:
    """A new, empty checklist."""
    made: Json = {
        "id": world.ids.uuid("checklist"),
        "task_id": task.id,
        "name": _name(body),
        "date_created": str(world.now_ms()),
        "orderindex": len(task.checklists),
        "creator": actor.id,
        "resolved": 0,
        "unresolved": 0,
        "items": [],
    }
    task.checklists.append(made)
    record_changes(world, actor, task, Change("checklist_added", None, made["name"]))
    return made


def edit(world: World, checklist_id: str, body: Json) -> None:
    """Rename or reorder a checklist."""
    task, found = find(world, checklist_id)
    found["name"] = text(body, "name", found["name"])
    if (position := whole(body, "position", None)) is not None:
        task.checklists.remove(found)
        task.checklists.insert(max(0, min(position, len(task.checklists))), found)
        for index, one in enumerate(task.checklists):
            one["orderindex"] = index
    world.tasks.put(task)


def delete(world: World, checklist_id: str) -> None:
    """Remove a checklist."""
    task, found = find(world, checklist_id)
    task.checklists.remove(found)
    world.tasks.put(task)


def add_item(world: World, actor: User, checklist_id: str, body: Json) -> Json:
    """A new item; answers the whole checklist."""
    task, found = find(world, checklist_id)
    made: Json = {
        "id": world.ids.uuid("item"),
        "name": _name(body),
        "orderindex": len(found["items"]),
        "assignee": _assignee(world, body, None),
        "resolved": False,
        "parent": None,
        "date_created": str(world.now_ms()),
        "children": [],
    }
    found["items"].append(made)
    _count(found)
    extra = {"checklist": _reported(found), "checklist_items": [dict(made)]}
    change = Change("checklist_items_added", None, made["id"], extra=extra)
    record_changes(world, actor, task, change)
    return found


def edit_item(world: World, actor: User, checklist_id: str, item_id: str, body: Json) -> Json:
    """Rename, assign, resolve or nest an item; answers the whole checklist."""
    task, found = find(world, checklist_id)
    item = _item(found, item_id)
    before = item["resolved"]
    assignee, parent = _assignee(world, body, item["assignee"]), _parent(found, item, body)
    item["name"] = text(body, "name", item["name"])
    item["resolved"] = flag(body, "resolved", before)
    item["assignee"], item["parent"] = assignee, parent
    _count(found)
    was, now = (str(one).lower() for one in (before, item["resolved"]))
    extra = {"checklist": _reported(found), "checklist_item": dict(item)}
    record_changes(world, actor, task, Change("checklist_item_resolved", was, now, extra=extra))
    return found


def delete_item(world: World, checklist_id: str, item_id: str) -> None:
    """Remove an item and those below it."""
    task, found = find(world, checklist_id)
    _remove(found, _item(found, item_id))
    _count(found)
    world.tasks.put(task)


def _remove(found: Json, item: Json) -> None:
    """An item with those below it."""
    for below in item["children"]:
        _remove(found, _item(found, below))
    found["items"].remove(item)


def _reported(found: Json) -> Json:
    """The checklist inside a history item, which names the items itself."""
    return {key: value for key, value in found.items() if key != "items"}


def _item(found: Json, item_id: str) -> Json:
    items: list[Json] = found["items"]
    for one in items:
        if one["id"] == item_id:
            return one
    raise no_access("Checklist item")


def _parent(found: Json, item: Json, body: Json) -> str | None:
    """The item that this one is put under; not one of its own."""
    wanted = body.get("parent", item["parent"])
    if wanted is None:
        return None
    above: Json | None = _item(found, str(wanted))
    while above is not None:
        if above["id"] == item["id"]:
            raise bad_input("An item cannot be below itself")
        above = _item(found, above["parent"]) if above["parent"] else None
    return str(wanted)


def _count(found: Json) -> None:
    for item in found["items"]:
        item["children"] = [one["id"] for one in found["items"] if one["parent"] == item["id"]]
    found["resolved"] = sum(one["resolved"] for one in found["items"])
    found["unresolved"] = len(found["items"]) - found["resolved"]


def _name(body: Json) -> str:
    name = text(body, "name", "")
    if not name.strip():
        raise bad_input("Name invalid")
    return name


def _assignee(world: World, body: Json, otherwise: Json | None) -> Json | None:
    if "assignee" not in body:
        return otherwise
    wanted = body["assignee"]
    return None if wanted is None else user_stub(person(world, wanted))
