"""Webhooks: registration, which events they get, and their health."""

from typing import Any

from clickup_mlops.sandbox.clickup.state.events import ALL_EVENTS, Event, Place
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import Json, User, Webhook
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input, no_access
from clickup_mlops.sandbox.clickup.state.tasks import tasks
from clickup_mlops.sandbox.clickup.state.world import World

SUSPEND_AT = 100
"""Dropped events in a row until a webhook is suspended ("Webhook health")."""


def of_user(world: World, actor: User, team_id: str) -> list[Webhook]:
    """One's own webhooks; those of others are not shown."""
    return [one for one in world.webhooks if (one.team_id, one.user_id) == (team_id, actor.id)]


def get(world: World, actor: User, webhook_id: str) -> Webhook:
    """One's own webhook by id."""
    found = world.webhooks.get(webhook_id)
    if found is None or found.user_id != actor.id:
        raise no_access("Webhook")
    return found


def create(world: World, actor: User, team_id: str, body: Json) -> Webhook:
    """A new, active webhook with its secret."""
    made = Webhook(
        world.ids.uuid("webhook"),
        team_id,
        actor.id,
        _endpoint(body),
        _events(body),
        world.ids.word("secret", 64).upper(),
        **_location(world, body),
    )
    if any(_place(one) == _place(made) for one in of_user(world, actor, team_id)):
        raise Refusal("OAUTH_171", "Webhook configuration already exists")
    return world.webhooks.put(made)


def update(world: World, found: Webhook, body: Json) -> Webhook:
    """Replace endpoint and events; `status: active` reactivates a suspended webhook."""
    if not {"endpoint", "events", "status"} <= set(body):
        raise bad_input("endpoint, events and status are required")
    found.endpoint, found.events = _endpoint(body), _events(body)
    if body["status"] == "active":
        found.status, found.fail_count = "active", 0
    return world.webhooks.put(found)


def listening(world: World, event: Event) -> list[Webhook]:
    """The webhooks that get an event; a suspended one gets none."""
    return [
        hook
        for hook in world.webhooks
        if hook.status != "suspended"
        and event.kind in hook.events
        and any(_matches(hook, place) for place in event.places)
    ]


def succeeded(world: World, hook: Webhook) -> None:
    """A delivery arrived: healthy again."""
    if hook.status == "failing":
        hook.status, hook.fail_count = "active", 0
        world.webhooks.put(hook)


def failed(world: World, hook: Webhook, *, gone: bool = False) -> None:
    """An event was dropped after all attempts, or the endpoint said 410 Gone."""
    hook.fail_count += 1
    suspend = gone or hook.fail_count >= SUSPEND_AT
    hook.status = "suspended" if suspend else "failing"
    world.webhooks.put(hook)


def _matches(hook: Webhook, place: Place) -> bool:
    # One location per level may be given; the most specific one counts.
    for level in ("task_id", "list_id", "folder_id", "space_id"):
        wanted = getattr(hook, level)
        if wanted is not None:
            return bool(wanted == getattr(place, level))
    return hook.team_id == place.team_id


def _place(hook: Webhook) -> tuple[Any, ...]:
    return (hook.endpoint, hook.task_id, hook.list_id, hook.folder_id, hook.space_id)


def _endpoint(body: Json) -> str:
    endpoint = body.get("endpoint")
    if not isinstance(endpoint, str) or not endpoint.strip():
        raise bad_input("Webhook endpoint invalid")
    return endpoint if "://" in endpoint else f"https://{endpoint}"


def _events(body: Json) -> list[str]:
    wanted = body.get("events")
    if wanted in ("*", ["*"]):
        return list(ALL_EVENTS)
    names = [str(one) for one in wanted] if isinstance(wanted, list) else []
    if not names or not set(names) <= set(ALL_EVENTS):
        raise bad_input("Webhook events invalid")
    return list(dict.fromkeys(names))


def _location(world: World, body: Json) -> Json:
    finders = {
        "space_id": places.space,
        "folder_id": places.folder,
        "list_id": places.task_list,
        "task_id": tasks.get,
    }
    given = {key: str(body[key]) for key in finders if body.get(key) is not None}
    for key, value in given.items():
        finders[key](world, value)
    return given
