"""What can trigger a rule: the names of ClickUp's webhook events, and two of the bot's own."""

from typing import Final

_CLICKUP: Final = {
    "task": (
        "Created Updated Deleted PriorityUpdated StatusUpdated AssigneeUpdated DueDateUpdated "
        "TagUpdated Moved CommentPosted CommentUpdated TimeEstimateUpdated TimeTrackedUpdated"
    ),
    "list": "Created Updated Deleted",
    "folder": "Created Updated Deleted",
    "space": "Created Updated Deleted",
    "goal": "Created Updated Deleted",
    "keyResult": "Created Updated Deleted",
}
"""The 28 events of ClickUp's Create Webhook call."""

AGEING: Final = "ageing"
"""The bot looks at an open task again because time has passed: due dates near, waits grow."""
BACKFILL: Final = "backfill"
"""A task has changed while events were lost; found by asking ClickUp for what is new."""

KINDS: Final = frozenset(
    f"{thing}{change}" for thing, changes in _CLICKUP.items() for change in changes.split()
) | {AGEING, BACKFILL}
