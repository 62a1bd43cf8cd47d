"""What orders a workload's open tasks, in columns; and indexes of what the dashboard asks."""

from collections.abc import Callable
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0005_lanes"
down_revision = "0004_history"
branch_labels = None
depends_on = None

PAGE = 500
_TASKS = "select task_id as name, raw as body from mirror where task_id > :last {} limit :n"
_NEWEST = """
select id as name, body from decision
where id > :last and id in (select max(id) from decision group by task_id) {} limit :n
"""


def upgrade() -> None:
    """Adds the columns and fills them from tasks and decisions; makes the indexes."""
    op.add_column("mirror", sa.Column("created_ms", sa.BigInteger(), nullable=True))
    op.add_column("decision", sa.Column("workload", sa.Text(), nullable=True))
    tasks, newest = _TASKS.format("order by task_id"), _NEWEST.format("order by id")
    _fill(tasks, "", "update mirror set created_ms = :value where task_id = :name", _created)
    _fill(newest, 0, "update decision set workload = :value where id = :name", _workload)
    op.drop_index("ix_mirror_open", "mirror")
    _partial("ix_mirror_open", "mirror", "list_id priority task_id created_ms", "is_open")
    op.drop_index("ix_decision_task_id_id", "decision")
    op.create_index("ix_decision_task_id_id_workload", "decision", ["task_id", "id", "workload"])
    _partial("ix_incident_open", "incident", "workspace opened_ms", "closed_ms is null")
    op.create_index("ix_mute_until_ms", "mute", ["until_ms"])
    op.create_index("ix_override_until_ms", "override", ["until_ms"])
    op.create_index(
        "ix_automation_run_automation_last_ms", "automation_run", ["automation", "last_ms"]
    )


def _partial(name: str, table: str, columns: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns.split(), sqlite_where=condition, postgresql_where=condition
    )


def _fill(
    select: str, first: str | int, update: str, value: Callable[[dict[str, Any]], object]
) -> None:
    connection, last = op.get_bind(), first
    while rows := connection.execute(sa.text(select), {"last": last, "n": PAGE}).all():
        last = rows[-1].name
        changes = [{"name": row.name, "value": value(orjson.loads(row.body))} for row in rows]
        if filled := [change for change in changes if change["value"] is not None]:
            connection.execute(sa.text(update), filled)


def _created(raw: dict[str, Any]) -> int | None:
    text = str(raw.get("date_created") or "")
    return int(text) if text.isascii() and text.isdecimal() else None


def _workload(body: dict[str, Any]) -> str | None:
    return body.get("workload")
