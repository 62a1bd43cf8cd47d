"""The audit log (v3)."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state.people import audit_log

ROUTES = Blueprint("audit_log", __name__)


@ROUTES.post("/api/v3/workspaces/<workspace_id>/auditlogs")
def query(workspace_id: str) -> Response:
    """A page of the log; reading is a POST."""
    return answer({"data": audit_log.query(world(), actor(), workspace_id, body())})
