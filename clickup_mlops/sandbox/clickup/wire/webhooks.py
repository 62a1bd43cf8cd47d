"""Webhooks on the wire."""

from clickup_mlops.sandbox.clickup.state.model import JsonTable, Webhook


def format_webhook(webhook: Webhook) -> JsonTable:
    """A webhook with its health and secret."""
    return {
        "id": webhook.id,
        "userid": webhook.user_id,
        "team_id": int(webhook.team_id),
        "endpoint": webhook.endpoint,
        "client_id": "SANDBOX0CLIENT00000000000000000",
        "events": webhook.events,
        "task_id": webhook.task_id,
        "list_id": webhook.list_id,
        "folder_id": webhook.folder_id,
        "space_id": webhook.space_id,
        "health": {"status": webhook.status, "fail_count": webhook.fail_count},
        "secret": webhook.secret,
    }
