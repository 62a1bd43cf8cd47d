"""Registration of webhooks. Each user sees and changes only their own."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state import webhooks
from clickup_mlops.sandbox.clickup.wire.webhooks import format_webhook

ROUTES = Blueprint("webhooks", __name__)


@ROUTES.get("/api/v2/team/<team_id>/webhook")
def list_webhooks(team_id: str) -> Response:
    """The caller's webhooks in a Workspace, with health and secret."""
    hooks = webhooks.list_webhooks(get_world(), get_actor(), team_id)
    return answer({"webhooks": [format_webhook(hook) for hook in hooks]})


@ROUTES.post("/api/v2/team/<team_id>/webhook")
def create(team_id: str) -> Response:
    """Register a webhook for the caller; the answer has its secret."""
    hook = webhooks.create(get_world(), get_actor(), team_id, read_body())
    return answer({"id": hook.id, "webhook": format_webhook(hook)})


@ROUTES.put("/api/v2/webhook/<webhook_id>")
def update(webhook_id: str) -> Response:
    """Change a webhook, or reactivate a suspended one."""
    hook = webhooks.get(get_world(), get_actor(), webhook_id)
    changed = webhooks.update(get_world(), hook, read_body())
    return answer({"id": changed.id, "webhook": format_webhook(changed)})


@ROUTES.delete("/api/v2/webhook/<webhook_id>")
def delete(webhook_id: str) -> Response:
    """Remove one of the caller's webhooks."""
    get_world().webhooks.drop(webhooks.get(get_world(), get_actor(), webhook_id).id)
    return answer({})
