"""The audit log (v3): who changed users and groups, fields and tasks.

Of tasks it holds what the log of writes holds, which a restart empties. What belongs to which
applicability is not documented: see `_APPLIES`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from clickup_mlops.sandbox.clickup.state import plan_limits
from clickup_mlops.sandbox.clickup.state.access import OWNER
from clickup_mlops.sandbox.clickup.state.events import Write
from clickup_mlops.sandbox.clickup.state.model import JsonTable, User
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input
from clickup_mlops.sandbox.clickup.state.values import (
    read_int,
    read_list,
    read_record,
    read_text,
    read_time,
)
from clickup_mlops.sandbox.clickup.state.world import World

_APPLIES = {"TASK": "hierarchy-activity", "FIELD": "custom-fields"}
OTHERWISE = "auth-and-security"
APPLICABILITIES = (
    "agent-settings-activity",
    OTHERWISE,
    "custom-fields",
    "hierarchy-activity",
    "user-activity",
    "other-activity",
)
ROWS = 100
"""Rows per page unless the request says how many."""
_OF_WRITE = {
    "task_creation": "TASK_CREATED",
    "deleted": "TASK_DELETED",
    "status": "TASK_STATUS_CHANGED",
    "priority": "TASK_PRIORITY_CHANGED",
    "assignee_add": "TASK_ASSIGNEES_CHANGED",
    "assignee_rem": "TASK_ASSIGNEES_CHANGED",
}


@dataclass(slots=True)
class AuditEntry:
    """One row; `target` is what was changed."""

    id: str
    team_id: str
    event: str
    user_id: int
    date: int
    target: str


def record_event(world: World, actor: User, team_id: str, event: str, target: str) -> None:
    """Remember something that the log of writes does not hold."""
    entry = AuditEntry(world.ids.uuid("audit"), team_id, event, actor.id, world.now_ms(), target)
    world.table(AuditEntry).put(entry)


def query(world: World, actor: User, team_id: str, body: JsonTable) -> list[JsonTable]:
    """A page of the log, newest first; for the owner of an Enterprise Workspace."""
    plan_limits.require_plan(world, "Audit logs", "Enterprise")
    if actor.role != OWNER:
        raise Refusal("ACCESS_083", "Only the Workspace owner may read the audit log")
    applicability = read_text(body, "applicability", OTHERWISE)
    if applicability not in APPLICABILITIES:
        raise bad_input(f"applicability must be one of {', '.join(APPLICABILITIES)}")
    filters = read_record(body, "filter")
    rows = [
        row
        for row in (_format_row(world, entry) for entry in _iterate_entries(world, team_id))
        if row["applicability"] == applicability and _is_match(row, filters)
    ]
    return _slice_page(world, rows, read_record(body, "pagination"))


def _iterate_entries(world: World, team_id: str) -> Iterator[AuditEntry]:
    yield from (entry for entry in world.table(AuditEntry) if entry.team_id == team_id)
    for field in world.fields:
        yield AuditEntry(
            f"field-{field.id}",
            team_id,
            "FIELD_CREATED",
            field.creator_id,
            field.date_created,
            field.name,
        )
    for number, write in enumerate(world.writes):
        if event := _get_event_name(write):
            yield AuditEntry(
                f"task-{number}", team_id, event, write.actor_id, write.at_ms, write.task_id
            )


def _get_event_name(write: Write) -> str | None:
    if write.before == write.after and write.field != "task_creation":
        return None
    if write.field.startswith("field:"):
        return "TASK_CUSTOM_FIELD_VALUES_CHANGED"
    return _OF_WRITE.get(write.field)


def _format_row(world: World, entry: AuditEntry) -> JsonTable:
    user = world.users.get(entry.user_id)
    return {
        "id": entry.id,
        "workspaceId": entry.team_id,
        "applicability": _APPLIES.get(entry.event.partition("_")[0], OTHERWISE),
        "eventType": entry.event,
        "eventStatus": "success",
        "userId": str(entry.user_id),
        "userEmail": user.email if user else None,
        "timestamp": entry.date,
        "target": entry.target,
    }


def _is_match(row: JsonTable, filters: JsonTable) -> bool:
    for key in ("userId", "userEmail"):
        if (accepted := read_list(filters, key)) and row[key] not in map(str, accepted):
            return False
    kinds = filters.get("eventType") or [row["eventType"]]
    if row["eventType"] not in ([kinds] if isinstance(kinds, str) else kinds):
        return False
    status = filters.get("eventStatus")
    since, until = read_time(filters, "startTime", None), read_time(filters, "endTime", None)
    return (
        status in (None, row["eventStatus"])
        and (since is None or row["timestamp"] >= since)
        and (until is None or row["timestamp"] <= until)
    )


def _slice_page(world: World, rows: list[JsonTable], pagination: JsonTable) -> list[JsonTable]:
    direction = pagination.get("pageDirection", "before")
    if direction not in ("before", "after"):
        raise bad_input("pageDirection must be before or after")
    count, at = (
        read_int(pagination, "pageRows", ROWS) or ROWS,
        read_time(pagination, "pageTimestamp", None),
    )
    older = direction == "before"
    rows = sorted(rows, key=lambda row: row["timestamp"], reverse=older)
    if at is not None:
        rows = [row for row in rows if (row["timestamp"] < at if older else row["timestamp"] > at)]
    return rows[: max(count, 0)]
