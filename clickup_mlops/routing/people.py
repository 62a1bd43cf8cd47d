"""When a person sets a priority: what they want, and how long it wins."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.clickup.model import Event, HistoryItem
from clickup_mlops.routing.facts import Override
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.urgency import millis


def override_of(event: Event, policy: Policy) -> Override | None:
    """What the newest priority change in this event asks for; None if it changes no priority.

    The caller has already dropped the bot's own echoes. `priority` None means that the person
    cleared it: release the task.
    """
    changes = [item for item in event.items if item.field == "priority"]
    if not changes:
        return None
    newest = max(changes, key=lambda item: item.date_ms)
    return Override(
        priority=_number(newest.after),
        user=_user(newest),
        since_ms=newest.date_ms,
        until_ms=newest.date_ms + millis(policy.person_keeps),
    )


def _number(after: Any) -> int | None:
    """`{"id": "2", "priority": "high", ...}` as 2, and anything else as no priority."""
    number = str(after.get("id")) if isinstance(after, Mapping) else ""
    return int(number) if number in {"1", "2", "3", "4"} else None


def _user(item: HistoryItem) -> str:
    user = item.raw.get("user")
    name = user.get("username") if isinstance(user, Mapping) else None
    return str(name or item.user_id or "somebody")
