"""Explain why a task has its priority.

Gives the newest decision about it in words and in fields: what decided, the reasons, whether it was
written to ClickUp, the priority that is held and for whom, the automations that are muted. Reads
what the bot has recorded, and makes no call to ClickUp.
"""

from clickup_mlops.operations import why as operation
from clickup_mlops.operations.why import Explanation
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import Answer, Quoted, TaskId, Tool, iso, quoted
from clickup_mlops.routing import task_state
from clickup_mlops.routing.decision import format_priority
from clickup_mlops.views.text import localize

_MOST_TEXT = 4_000


class Muted(Answer):
    """An automation that leaves the task alone."""

    automation: str
    until: str
    """ISO 8601, UTC."""


class Why(Answer):
    """The newest decision about a task, and how the task stands now."""

    task_id: str
    explanation: Quoted
    """The whole explanation as people read it; it quotes texts of the task and of people."""
    decided_by: str
    """What decided, such as `inference.breach`, `person` or `ageing`; empty: nothing is decided."""
    workload: str
    tier: str
    """Urgency: incident, breach, due, soon or normal."""
    priority_decided: str
    priority_now: str
    """Urgent, High, Normal, Low or None."""
    decided_at: str
    """ISO 8601, UTC."""
    event: str
    """Key of the event that led to it; `undo_change` takes it."""
    place: int | None
    """Place among the open tasks of its workload, 1 is first; None: it is not among them."""
    held: Quoted | None
    """Who or what holds the priority, until when and why."""
    muted: list[Muted]


def call(access: Access, task: TaskId) -> Why:
    """Raises InputError: nothing is known of the task."""
    settings, now_ms = access.settings, access.now_ms()
    with access.store() as store:
        explanation = operation.why(
            store, settings.routing, task, now_ms, settings.automations.names
        )
    return _answer(explanation, settings.jobs.time_zone)


def _answer(explanation: Explanation, zone: str) -> Why:
    row, state = explanation.decided, explanation.state
    body = row.body if row else {}
    held = localize(" ".join(task_state.describe_hold(state.override)), zone)
    return Why(
        task_id=explanation.task_id,
        explanation=quoted(explanation.text(zone), _MOST_TEXT),
        decided_by=body.get("decided_by", ""),
        workload=body.get("workload", ""),
        tier=body.get("tier", ""),
        priority_decided=format_priority(body.get("priority")),
        priority_now=format_priority(state.priority),
        decided_at=iso(row.decided_ms if row else None),
        event=row.event_key if row else "",
        place=state.place.place if state.place else None,
        held=quoted(held) if held else None,
        muted=[Muted(automation=mute.automation, until=iso(mute.until_ms)) for mute in state.muted],
    )


TOOL = Tool(call)
