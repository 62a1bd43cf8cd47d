"""What happens in a Workspace: history items, webhook events and the log of writes.

Shapes follow the official payload samples ("Task / List webhook payloads").
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from clickup_mlops.sandbox.clickup.state.model import JsonTable, User

SPECIFIC = {
    "status": "taskStatusUpdated",
    "priority": "taskPriorityUpdated",
    "assignee_add": "taskAssigneeUpdated",
    "assignee_rem": "taskAssigneeUpdated",
    "due_date": "taskDueDateUpdated",
    "tag": "taskTagUpdated",
    "tag_removed": "taskTagUpdated",
    "section_moved": "taskMoved",
    "comment": "taskCommentPosted",
    "comment_edited": "taskCommentUpdated",
    "time_estimate": "taskTimeEstimateUpdated",
}
"""The event that a change of this history field fires beside taskUpdated."""

ALL_EVENTS = tuple(
    f"task{action}"
    for action in [
        "Created",
        "Updated",
        "Deleted",
        "PriorityUpdated",
        "StatusUpdated",
        "AssigneeUpdated",
        "DueDateUpdated",
        "TagUpdated",
        "Moved",
        "CommentPosted",
        "CommentUpdated",
        "TimeEstimateUpdated",
        "TimeTrackedUpdated",
    ]
) + tuple(
    f"{level}{action}"
    for level in ("list", "folder", "space", "goal", "keyResult")
    for action in ("Created", "Updated", "Deleted")
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is; a webhook's location is compared with it."""

    team_id: str
    space_id: str | None = None
    folder_id: str | None = None
    list_id: str | None = None
    task_id: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One event for every webhook that listens at any of `places`."""

    kind: str
    subject: JsonTable
    places: tuple[Place, ...]
    items: tuple[JsonTable, ...] = ()

    def body(self, webhook_id: str) -> JsonTable:
        """What is posted. Deletes and folder or space events carry no history items."""
        items = {"history_items": list(self.items)} if self.items else {}
        return {"event": self.kind, **items, **self.subject, "webhook_id": webhook_id}


@dataclass(frozen=True, slots=True)
class Write:
    """One field of one task was written. `before == after`: it was written for nothing."""

    task_id: str
    field: str
    before: Any
    after: Any
    actor_id: int
    at_ms: int


def format_user(user: User) -> JsonTable:
    """A person as history items show one."""
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "color": user.color,
        "initials": user.initials,
        "profilePicture": None,
    }


@dataclass(frozen=True, slots=True)
class Change:
    """A change to be emitted: history field, values as ClickUp shows them, extra keys.

    `lead`: what the same event reports before it.
    """

    field: str
    before: Any = None
    after: Any = None
    data: JsonTable = dataclasses.field(default_factory=dict)
    extra: JsonTable = dataclasses.field(default_factory=dict)
    lead: tuple["Change", ...] = ()

    def item(
        self, history_id: str, date_ms: int, list_id: str, user: User, kind: int = 1
    ) -> JsonTable:
        """The history item. `kind`: 1 task, 6 list."""
        return {
            "id": history_id,
            "type": kind,
            "date": str(date_ms),
            "field": self.field,
            "parent_id": list_id,
            "data": self.data,
            "source": None,
            "user": format_user(user),
            "before": self.before,
            "after": self.after,
            **self.extra,
        }
