"""Checklists and their items."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.arguments import find_task
from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.tasks import checklists
from clickup_mlops.sandbox.clickup.wire import checklists as wire

ROUTES = Blueprint("checklists", __name__)

_ONE = "/api/v2/checklist/<checklist_id>"
_ITEM = "/api/v2/checklist/<checklist_id>/checklist_item/<checklist_item_id>"


@ROUTES.post("/api/v2/task/<task_id>/checklist")
def create(task_id: str) -> Response:
    """Create an empty checklist on a task."""
    checklist = checklists.create(get_world(), get_actor(), find_task(task_id), read_body())
    return answer({"checklist": wire.format_checklist(checklist)})


@ROUTES.put(_ONE)
def edit(checklist_id: str) -> Response:
    """Rename or reorder a checklist."""
    checklists.edit(get_world(), checklist_id, read_body())
    return answer({})


@ROUTES.delete(_ONE)
def delete(checklist_id: str) -> Response:
    """Remove a checklist with its items."""
    checklists.delete(get_world(), checklist_id)
    return answer({})


@ROUTES.post(f"{_ONE}/checklist_item")
def add_item(checklist_id: str) -> Response:
    """Add an item; answers the whole checklist."""
    checklist = checklists.add_item(get_world(), get_actor(), checklist_id, read_body())
    return answer({"checklist": wire.format_changed_checklist(checklist)})


@ROUTES.put(_ITEM)
def edit_item(checklist_id: str, checklist_item_id: str) -> Response:
    """Rename, assign, resolve or nest an item; answers the whole checklist."""
    checklist = checklists.edit_item(
        get_world(), get_actor(), checklist_id, checklist_item_id, read_body()
    )
    return answer({"checklist": wire.format_changed_checklist(checklist)})


@ROUTES.delete(_ITEM)
def delete_item(checklist_id: str, checklist_item_id: str) -> Response:
    """Remove an item and those below it."""
    checklists.delete_item(get_world(), checklist_id, checklist_item_id)
    return answer({})
