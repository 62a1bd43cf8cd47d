"""Checklists and their items."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.arguments import task_named
from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state.tasks import checklists
from clickup_mlops.sandbox.clickup.wire import checklists as wire

ROUTES = Blueprint("checklists", __name__)

_ONE = "/api/v2/checklist/<checklist_id>"
_ITEM = "/api/v2/checklist/<checklist_id>/checklist_item/<checklist_item_id>"


@ROUTES.post("/api/v2/task/<task_id>/checklist")
def create(task_id: str) -> Response:
    """A new checklist."""
    made = checklists.create(world(), actor(), task_named(task_id), body())
    return answer({"checklist": wire.created(made)})


@ROUTES.put(_ONE)
def edit(checklist_id: str) -> Response:
    """Rename or reorder a checklist."""
    checklists.edit(world(), checklist_id, body())
    return answer({})


@ROUTES.delete(_ONE)
def delete(checklist_id: str) -> Response:
    """Remove a checklist."""
    checklists.delete(world(), checklist_id)
    return answer({})


@ROUTES.post(f"{_ONE}/checklist_item")
def add_item(checklist_id: str) -> Response:
    """A new item."""
    found = checklists.add_item(world(), actor(), checklist_id, body())
    return answer({"checklist": wire.changed(found)})


@ROUTES.put(_ITEM)
def edit_item(checklist_id: str, checklist_item_id: str) -> Response:
    """Change an item."""
    found = checklists.edit_item(world(), actor(), checklist_id, checklist_item_id, body())
    return answer({"checklist": wire.changed(found)})


@ROUTES.delete(_ITEM)
def delete_item(checklist_id: str, checklist_item_id: str) -> Response:
    """Remove an item."""
    checklists.delete_item(world(), checklist_id, checklist_item_id)
    return answer({})
