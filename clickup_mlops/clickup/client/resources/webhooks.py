"""Webhooks of the token's user: ClickUp lists only one's own."""

from collections.abc import Sequence
from typing import Literal

from clickup_mlops.clickup.client.base import Raw, Resource
from clickup_mlops.clickup.hierarchy import Webhook
from clickup_mlops.errors import InputError

ALL_EVENTS: Literal["*"] = "*"


class Webhooks(Resource):
    """Register, list, change and remove webhooks."""

    def list(self, team_id: str) -> tuple[Webhook, ...]:
        """The webhooks that this token's user registered.

        https://developer.clickup.com/reference/getwebhooks
        """
        answer = self._api.get("/api/v2/team/{team_id}/webhook", team_id=team_id)
        return answer.parse_many(Webhook.parse, "webhooks")

    def create(
        self,
        team_id: str,
        endpoint: str,
        events: Sequence[str] = ALL_EVENTS,
        *,
        space_id: str | None = None,
        folder_id: str | None = None,
        list_id: str | None = None,
        task_id: str | None = None,
    ) -> Webhook:
        """A new webhook for the workspace or one place in it; keep its `secret`.

        Raises:
            ApiError: code OAUTH_171: the same endpoint is registered for the same place.
            UncertainWrite: no answer came: list the webhooks before registering again.

        https://developer.clickup.com/reference/createwebhook
        """
        # One location per level; the most specific one decides which events are sent.
        places = {"space_id": space_id, "folder_id": folder_id, "list_id": list_id}
        body: Raw = {"endpoint": _check_endpoint(endpoint), "events": _check_events(events)}
        body |= {key: _parse_id(key, value) for key, value in places.items() if value is not None}
        if task_id is not None:
            body["task_id"] = task_id
        answer = self._api.post("/api/v2/team/{team_id}/webhook", body, team_id=team_id)
        return answer.parse_one(Webhook.parse, "webhook")

    def update(
        self, webhook_id: str, endpoint: str, events: Sequence[str], status: str = "active"
    ) -> Webhook:
        """Set all three; `active` also wakes a suspended webhook.

        https://developer.clickup.com/reference/updatewebhook
        """
        body = {
            "endpoint": _check_endpoint(endpoint),
            "events": _check_events(events),
            "status": status,
        }
        # All three are required: ClickUp would refuse a partial change.
        answer = self._api.put("/api/v2/webhook/{webhook_id}", body, webhook_id=webhook_id)
        return answer.parse_one(Webhook.parse, "webhook")

    def delete(self, webhook_id: str) -> None:
        """Remove the webhook.

        https://developer.clickup.com/reference/deletewebhook
        """
        self._api.delete("/api/v2/webhook/{webhook_id}", webhook_id=webhook_id)


def _check_endpoint(endpoint: str) -> str:
    if not endpoint.startswith(("https://", "http://")):
        raise InputError(
            f'webhook endpoint "{endpoint:.80}" has no protocol', hint="Start it with https://."
        )
    return endpoint


def _check_events(events: Sequence[str]) -> str | Sequence[str]:
    if not events:
        raise InputError("a webhook needs at least one event", hint='"*" means all of them.')
    return events if isinstance(events, str) else list(events)


def _parse_id(name: str, value: str) -> int:
    # The only ids that ClickUp wants as numbers.
    if not str(value).isdecimal():
        raise InputError(f"{name} must be a number, got {value!r:.60}")
    return int(value)
