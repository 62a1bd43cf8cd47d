"""What can trigger an automation: ClickUp's webhook events, and the bot's own."""

import re
from collections.abc import Collection
from typing import Final

from clickup_mlops.clickup.model import Event

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

_OF_TASKS: Final = frozenset(f"task{change}" for change in _CLICKUP["task"].split())

REEVALUATION: Final = "reevaluation"
"""The bot looks at an open task again because time has passed: due dates near, waits grow."""
BACKFILL: Final = "backfill"
"""A task has changed while events were lost; found by asking ClickUp for what is new."""
MANUAL: Final = "manual"
"""A person has the automation evaluated for a task: `/run` or `automations run`."""

KINDS: Final = frozenset(
    f"{subject}{change}" for subject, changes in _CLICKUP.items() for change in changes.split()
) | {REEVALUATION, BACKFILL, MANUAL}
"""Without those that features bring, and reports of other systems."""

SCHEDULE: Final = "schedule"
"""An automation's own schedule makes events of the kind `schedule:<automation>`."""
INTEGRATION: Final = "integration"
"""Another system reports something: `integration:<source>.<type>`."""
STATES: Final = ("firing", "resolved", "running", "succeeded", "failed")
"""States of reports; automations listen for one of any system by `integration:*.<state>`."""
_REPORTED: Final = re.compile(rf"{INTEGRATION}:[a-z0-9_-]+\.[\w.:/-]+")
_ANY_SYSTEM: Final = f"{INTEGRATION}:*."


DERIVED: Final = "derived"
"""Key of the body of an event that ClickUp did not send: a back-fill has derived it from the task
as it was read at this time (Unix ms)."""
LOST: Final = "lost"
"""Key of the body of a back-fill's event: the kinds of events that were lost, as far as known."""
HANDOVER: Final = "handover"
"""An automation has planned actions on this task because of an event of another one."""
DELAYED: Final = "delayed"
"""Key of the body of an event that comes again because an automation's `after` is over."""
SUBTASK: Final = "subtask"
"""Key of the body of an event of a subtask that is evaluated for its parent: the subtask's id."""
OWN: Final = "clickup-mlops"
"""In place of a webhook's id: the bot wrote the event itself, for the automation that it names."""


def is_concerned(event: Event, on: Collection[str]) -> bool:
    """Whether a back-fill's own event is for an automation that listens for these kinds: if nothing
    was known of the task, if it listens for no other change of tasks, or if a change of its kinds
    may have been lost of which no more is known. What is known comes as an event of its own.
    """
    lost_kinds = event.raw.get(LOST)
    if event.kind != BACKFILL or lost_kinds is None:
        return True
    listens = _OF_TASKS.intersection(on)
    return not listens or not (event.items or listens.isdisjoint(lost_kinds))


def is_for_parent(event: Event) -> bool:
    """Whether it is the event of a subtask, for an automation that is evaluated for its parent."""
    return event.webhook_id == OWN and SUBTASK in event.raw


def is_delayed(event: Event) -> bool:
    """Whether it comes again because the `after` of the automation that it is for is over."""
    return event.webhook_id == OWN and bool(event.raw.get(DELAYED))


def is_reported(kind: str) -> bool:
    """Whether it stands for a report of another system, or of any."""
    return _REPORTED.fullmatch(kind) is not None or is_of_any_system(kind)


def is_of_any_system(kind: str) -> bool:
    """Whether it stands for a state that any system reports."""
    return kind.startswith(_ANY_SYSTEM) and kind.removeprefix(_ANY_SYSTEM) in STATES


def kinds_of(event: Event) -> tuple[str, ...]:
    """What automations may listen for to receive the event: its kind, or the state of a report."""
    state = state_of(event)
    return (event.kind, of_any_system(state)) if state else (event.kind,)


def of_any_system(state: str) -> str:
    """The kind for which automations listen that want this state from any system."""
    return f"{_ANY_SYSTEM}{state}"


def state_of(event: Event) -> str:
    """The state that another system reports, or the type of its report if it is one; else empty."""
    if not event.kind.startswith(f"{INTEGRATION}:"):
        return ""
    source, report = event.kind.partition(":")[2], event.raw.get("report")
    if not isinstance(report, dict):
        return ""
    named = (report.get("state"), source.partition(".")[2])
    return next((str(state) for state in named if state in STATES), "")
