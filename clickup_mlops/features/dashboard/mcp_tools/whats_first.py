"""List the open tasks of the inference lane in the order in which they should be done.

The first task is what to work on now: live incidents, then breaches of objectives, then what is
due; within these by priority, and among equals the oldest first. Each has one line of why. Use it
to answer "what is first?" or "what is urgent?"; `workload` chooses another lane. Reads what the bot
has recorded, and makes no call to ClickUp.
"""

from typing import Annotated

from pydantic import Field

from clickup_mlops.features.dashboard.work_queue import Place, lane
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import Answer, Limit, Quoted, Tool, iso, quoted
from clickup_mlops.routing.decision import Workload, format_priority

Lane = Annotated[Workload, Field(description="Which lane.")]


class Waiting(Answer):
    """An open task."""

    place: int
    """1 is first."""
    task_id: str
    url: str
    name: Quoted
    list: Quoted
    """The List that it is in."""
    priority: str
    tier: str
    """Urgency: incident, breach, due, soon or normal."""
    incident: bool
    """A live incident."""
    created: str
    """ISO 8601, UTC."""
    why: Quoted
    """One line."""
    held: Quoted | None
    """Who or what holds the priority, until when and why."""


class Lanes(Answer):
    """The first tasks of a lane, in its order."""

    workload: str
    open_tasks: int
    """How many the lane has; `first` may hold fewer."""
    first: list[Waiting]


def call(access: Access, *, workload: Lane = "inference", limit: Limit = 10) -> Lanes:
    """From the store alone."""
    policy = access.settings.routing
    with access.store() as store:
        queue = lane(store, policy, workload, access.now_ms(), limit)
    first = [*map(_waiting, queue.places)]
    return Lanes(workload=workload, open_tasks=queue.total, first=first)


def _waiting(place: Place) -> Waiting:
    task = place.task
    return Waiting(
        place=place.number,
        task_id=task.id,
        url=task.url,
        name=quoted(task.name),
        list=quoted(task.list_name),
        priority=format_priority(task.priority),
        tier=place.decision.tier,
        incident=place.decision.incident,
        created=iso(task.created_ms),
        why=quoted(place.why),
        held=quoted(place.held) if place.held else None,
    )


TOOL = Tool(call)
