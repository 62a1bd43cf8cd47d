"""Privacy and access of an object (v3)."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.people import acls

ROUTES = Blueprint("acls", __name__)


@ROUTES.patch("/api/v3/workspaces/<workspace_id>/<object_type>/<object_id>/acls")
def change(workspace_id: str, object_type: str, object_id: str) -> Response:
    """Set who may do what."""
    acl = acls.change(get_world(), get_actor(), workspace_id, (object_type, object_id), read_body())
    entries = [
        {"kind": kind, "id": holder_id, "permission_level": level}
        for key, level in acl.entries.items()
        for kind, _, holder_id in [key.partition(":")]
    ]
    return answer({"data": {"private": acl.private, "entries": entries}})
