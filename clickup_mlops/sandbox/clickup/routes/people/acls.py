"""Privacy and access of an object (v3)."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state.people import acls

ROUTES = Blueprint("acls", __name__)


@ROUTES.patch("/api/v3/workspaces/<workspace_id>/<object_type>/<object_id>/acls")
def change(workspace_id: str, object_type: str, object_id: str) -> Response:
    """Set who may do what."""
    found = acls.change(world(), actor(), workspace_id, (object_type, object_id), body())
    entries = [
        {"kind": kind, "id": one, "permission_level": level}
        for key, level in found.entries.items()
        for kind, _, one in [key.partition(":")]
    ]
    return answer({"data": {"private": found.private, "entries": entries}})
