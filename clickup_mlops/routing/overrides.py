"""Priorities that people set: when they win over the policy, and for how long."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.clickup.model import Event, HistoryItem, Person
from clickup_mlops.routing.facts import Override
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.urgency import to_ms


def find_override(event: Event, policy: Policy) -> Override | None:
    """The override made by the latest priority change in this event; None if there is none.

    The caller has already dropped the bot's own echoes. `priority` None means that the person
    cleared it, which releases the task.
    """
    changes = [item for item in event.items if item.field == "priority"]
    if not changes:
        return None
    newest = max(changes, key=lambda item: item.date_ms)
    return Override(
        priority=_read_priority(newest.after),
        user=_read_user(newest),
        since_ms=newest.date_ms,
        until_ms=newest.date_ms + to_ms(policy.override_duration),
    )


def is_winning(override: Override, priority: int | None, policy: Policy, now_ms: int) -> bool:
    """Whether this override wins over the priority `other`."""
    if not override.holds(now_ms) or override.priority is None or override.origin == "import":
        return False
    if override.origin == "change":
        return True
    keep = policy.keep_created if override.origin == "creation" else policy.keep_existing
    return keep == "always" or (
        keep == "higher" and (priority is None or override.priority < priority)
    )


def is_importer(creator: Person | None, policy: Policy) -> bool:
    """Whether this user creates tasks whose priority is not a person's choice."""
    if creator is None:
        return False
    names = {str(creator.id), creator.username.casefold(), creator.email.casefold()}
    return any(importer.casefold() in names for importer in policy.importers)


def _read_priority(after: Any) -> int | None:
    """`{"id": "2", "priority": "high", ...}` as 2, and anything else as no priority."""
    number = str(after.get("id")) if isinstance(after, Mapping) else ""
    return int(number) if number in {"1", "2", "3", "4"} else None


def _read_user(item: HistoryItem) -> str:
    user = item.raw.get("user")
    name = user.get("username") if isinstance(user, Mapping) else None
    return str(name or item.user_id or "unknown user")
