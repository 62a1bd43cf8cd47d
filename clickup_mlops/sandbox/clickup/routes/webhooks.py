"""Webhooks."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state import webhooks
from clickup_mlops.sandbox.clickup.wire.webhooks import webhook

ROUTES = Blueprint("webhooks", __name__)


@ROUTES.get("/api/v2/team/<team_id>/webhook")
def listed(team_id: str) -> Response:
    """One's own webhooks."""
    found = webhooks.of_user(world(), actor(), team_id)
    return answer({"webhooks": [webhook(one) for one in found]})


@ROUTES.post("/api/v2/team/<team_id>/webhook")
def create(team_id: str) -> Response:
    """A new webhook."""
    made = webhooks.create(world(), actor(), team_id, body())
    return answer({"id": made.id, "webhook": webhook(made)})


@ROUTES.put("/api/v2/webhook/<webhook_id>")
def update(webhook_id: str) -> Response:
    """Change a webhook, or reactivate a suspended one."""
    found = webhooks.get(world(), actor(), webhook_id)
    changed = webhooks.update(world(), found, body())
    return answer({"id": changed.id, "webhook": webhook(changed)})


@ROUTES.delete("/api/v2/webhook/<webhook_id>")
def delete(webhook_id: str) -> Response:
    """Remove a webhook."""
    world().webhooks.drop(webhooks.get(world(), actor(), webhook_id).id)
    return answer({})
