"""Webhooks on the wire."""

from clickup_mlops.sandbox.clickup.state.model import Json, Webhook


def webhook(found: Webhook) -> Json:
    """A webhook with its health and secret."""
    return {
        "id": found.id,
        "userid": found.user_id,
        "team_id": int(found.team_id),
        "endpoint": found.endpoint,
        "client_id": "SANDBOX0CLIENT00000000000000000",
        "events": found.events,
        "task_id": found.task_id,
        "list_id": found.list_id,
        "folder_id": found.folder_id,
        "space_id": found.space_id,
        "health": {"status": found.status, "fail_count": found.fail_count},
        "secret": found.secret,
    }
