"""Webhooks: registration, which events they get, and their health."""

from typing import Any

from clickup_mlops.sandbox.clickup.state.events import ALL_EVENTS, Event, Place
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import JsonTable, User, Webhook
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input, no_access
from clickup_mlops.sandbox.clickup.state.tasks import tasks
from clickup_mlops.sandbox.clickup.state.world import World

SUSPEND_AT = 100
"""Dropped events in a row until a webhook is suspended ("Webhook health")."""


def list_webhooks(world: World, actor: User, team_id: str) -> list[Webhook]:
    """One's own webhooks; those of others are not shown."""
    return [
        webhook
        for webhook in world.webhooks
        if (webhook.team_id, webhook.user_id) == (team_id, actor.id)
    ]


def get(world: World, actor: User, webhook_id: str) -> Webhook:
    """One's own webhook by id."""
    webhook = world.webhooks.get(webhook_id)
    if webhook is None or webhook.user_id != actor.id:
        raise no_access("Webhook")
    return webhook


def create(world: World, actor: User, team_id: str, body: JsonTable) -> Webhook:
    """A new, active webhook with its secret."""
    webhook = Webhook(
        world.ids.uuid("webhook"),
        team_id,
        actor.id,
        _read_endpoint(body),
        _read_events(body),
        world.ids.word("secret", 64).upper(),
        **_read_location(world, body),
    )
    if any(
        _get_location(existing) == _get_location(webhook)
        for existing in list_webhooks(world, actor, team_id)
    ):
        raise Refusal("OAUTH_171", "Webhook configuration already exists")
    return world.webhooks.put(webhook)


def update(world: World, webhook: Webhook, body: JsonTable) -> Webhook:
    """Replace endpoint and events; `status: active` reactivates a suspended webhook."""
    if not {"endpoint", "events", "status"} <= set(body):
        raise bad_input("endpoint, events and status are required")
    webhook.endpoint, webhook.events = _read_endpoint(body), _read_events(body)
    if body["status"] == "active":
        webhook.status, webhook.fail_count = "active", 0
    return world.webhooks.put(webhook)


def find_listeners(world: World, event: Event) -> list[Webhook]:
    """The webhooks that get an event; a suspended one gets none."""
    return [
        hook
        for hook in world.webhooks
        if hook.status != "suspended"
        and event.kind in hook.events
        and any(_is_listening_at(hook, place) for place in event.places)
    ]


def record_success(world: World, hook: Webhook) -> None:
    """A delivery arrived: healthy again."""
    if hook.status == "failing":
        hook.status, hook.fail_count = "active", 0
        world.webhooks.put(hook)


def record_failure(world: World, hook: Webhook, *, endpoint_gone: bool = False) -> None:
    """An event was dropped after all attempts, or the endpoint said 410 Gone."""
    hook.fail_count += 1
    suspend = endpoint_gone or hook.fail_count >= SUSPEND_AT
    hook.status = "suspended" if suspend else "failing"
    world.webhooks.put(hook)


def _is_listening_at(hook: Webhook, place: Place) -> bool:
    # One location per level may be given; the most specific one counts.
    for level in ("task_id", "list_id", "folder_id", "space_id"):
        location_id = getattr(hook, level)
        if location_id is not None:
            return bool(location_id == getattr(place, level))
    return hook.team_id == place.team_id


def _get_location(hook: Webhook) -> tuple[Any, ...]:
    return (hook.endpoint, hook.task_id, hook.list_id, hook.folder_id, hook.space_id)


def _read_endpoint(body: JsonTable) -> str:
    endpoint = body.get("endpoint")
    if not isinstance(endpoint, str) or not endpoint.strip():
        raise bad_input("Webhook endpoint invalid")
    return endpoint if "://" in endpoint else f"https://{endpoint}"


def _read_events(body: JsonTable) -> list[str]:
    value = body.get("events")
    if value in ("*", ["*"]):
        return list(ALL_EVENTS)
    names = [str(name) for name in value] if isinstance(value, list) else []
    if not names or not set(names) <= set(ALL_EVENTS):
        raise bad_input("Webhook events invalid")
    return list(dict.fromkeys(names))


def _read_location(world: World, body: JsonTable) -> JsonTable:
    finders = {
        "space_id": places.get_space,
        "folder_id": places.get_folder,
        "list_id": places.get_list,
        "task_id": tasks.get,
    }
    locations = {key: str(body[key]) for key in finders if body.get(key) is not None}
    for key, value in locations.items():
        finders[key](world, value)
    return locations
