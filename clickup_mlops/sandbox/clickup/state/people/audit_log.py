"""The audit log (v3): who changed users and groups, fields and tasks.

Of tasks it holds what the log of writes holds, which a restart empties. What belongs to which
applicability is not documented: see `_APPLIES`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from clickup_mlops.sandbox.clickup.state import plan_limits
from clickup_mlops.sandbox.clickup.state.access import OWNER
from clickup_mlops.sandbox.clickup.state.events import Write
from clickup_mlops.sandbox.clickup.state.model import Json, User
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input
from clickup_mlops.sandbox.clickup.state.values import listed, moment, record, text, whole
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


def note(world: World, actor: User, team_id: str, event: str, target: str) -> None:
    """Remember something that the log of writes does not hold."""
    made = AuditEntry(world.ids.uuid("audit"), team_id, event, actor.id, world.now_ms(), target)
    world.table(AuditEntry).put(made)


def query(world: World, actor: User, team_id: str, body: Json) -> list[Json]:
    """A page of the log, newest first; for the owner of an Enterprise Workspace."""
    plan_limits.needs(world, "Audit logs", "Enterprise")
    if actor.role != OWNER:
        raise Refusal("ACCESS_083", "Only the Workspace owner may read the audit log")
    wanted = text(body, "applicability", OTHERWISE)
    if wanted not in APPLICABILITIES:
        raise bad_input(f"applicability must be one of {', '.join(APPLICABILITIES)}")
    asked = record(body, "filter")
    rows = [
        row
        for row in (_row(world, one) for one in _entries(world, team_id))
        if row["applicability"] == wanted and _matches(row, asked)
    ]
    return _page(world, rows, record(body, "pagination"))


def _entries(world: World, team_id: str) -> Iterator[AuditEntry]:
    yield from (one for one in world.table(AuditEntry) if one.team_id == team_id)
    for one in world.fields:
        yield AuditEntry(
            f"field-{one.id}", team_id, "FIELD_CREATED", one.creator_id, one.date_created, one.name
        )
    for number, write in enumerate(world.writes):
        if event := _event(write):
            yield AuditEntry(
                f"task-{number}", team_id, event, write.actor_id, write.at_ms, write.task_id
            )


def _event(write: Write) -> str | None:
    if write.before == write.after and write.field != "task_creation":
        return None
    if write.field.startswith("field:"):
        return "TASK_CUSTOM_FIELD_VALUES_CHANGED"
    return _OF_WRITE.get(write.field)


def _row(world: World, one: AuditEntry) -> Json:
    user = world.users.get(one.user_id)
    return {
        "id": one.id,
        "workspaceId": one.team_id,
        "applicability": _APPLIES.get(one.event.partition("_")[0], OTHERWISE),
        "eventType": one.event,
        "eventStatus": "success",
        "userId": str(one.user_id),
        "userEmail": user.email if user else None,
        "timestamp": one.date,
        "target": one.target,
    }


def _matches(row: Json, asked: Json) -> bool:
    for key in ("userId", "userEmail"):
        if (some := listed(asked, key)) and row[key] not in map(str, some):
            return False
    kinds = asked.get("eventType") or [row["eventType"]]
    if row["eventType"] not in ([kinds] if isinstance(kinds, str) else kinds):
        return False
    status = asked.get("eventStatus")
    since, until = moment(asked, "startTime", None), moment(asked, "endTime", None)
    return (
        status in (None, row["eventStatus"])
        and (since is None or row["timestamp"] >= since)
        and (until is None or row["timestamp"] <= until)
    )


def _page(world: World, rows: list[Json], asked: Json) -> list[Json]:
    direction = asked.get("pageDirection", "before")
    if direction not in ("before", "after"):
        raise bad_input("pageDirection must be before or after")
    count, at = whole(asked, "pageRows", ROWS) or ROWS, moment(asked, "pageTimestamp", None)
    older = direction == "before"
    rows = sorted(rows, key=lambda row: row["timestamp"], reverse=older)
    if at is not None:
        rows = [row for row in rows if (row["timestamp"] < at if older else row["timestamp"] > at)]
    return rows[: max(count, 0)]
