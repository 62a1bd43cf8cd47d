"""The audit log (v3)."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.people import audit_log

ROUTES = Blueprint("audit_log", __name__)


@ROUTES.post("/api/v3/workspaces/<workspace_id>/auditlogs")
def query(workspace_id: str) -> Response:
    """A page of the log; reading is a POST."""
    return answer({"data": audit_log.query(get_world(), get_actor(), workspace_id, read_body())})
