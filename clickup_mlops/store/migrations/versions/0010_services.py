"""Finished tasks whose service runs are open; and the rank of a decision, which orders a lane."""

from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0010_services"
down_revision = "0009_mute_user"
branch_labels = None
depends_on = None

PAGE = 500
_RANKS = {"incident": 0, "breach": 1, "due": 2, "soon": 3, "normal": 4}
_NEWEST = """
select id, body from decision
where id > :last and id in (select max(id) from decision group by task_id)
order by id limit :n
"""


def upgrade() -> None:
    """Adds the columns, and fills the ranks of the newest decisions. Which finished tasks serve is
    found out by the bot, since the policy says it.
    """
    op.add_column("mirror", sa.Column("serves", sa.Boolean(), nullable=True))
    op.add_column("decision", sa.Column("rank", sa.SmallInteger(), nullable=True))
    _fill_ranks()
    op.drop_index("ix_decision_task_id_id_workload", "decision")
    op.create_index(
        "ix_decision_task_id_id_workload_rank", "decision", ["task_id", "id", "workload", "rank"]
    )
    condition = sa.text("serves")
    op.create_index(
        "ix_mirror_serves",
        "mirror",
        ["list_id"],
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _fill_ranks() -> None:
    connection, last = op.get_bind(), 0
    while rows := connection.execute(sa.text(_NEWEST), {"last": last, "n": PAGE}).all():
        last = rows[-1].id
        ranks = [{"id": row.id, "rank": _rank(orjson.loads(row.body))} for row in rows]
        connection.execute(sa.text("update decision set rank = :rank where id = :id"), ranks)


def _rank(body: dict[str, Any]) -> int:
    return _RANKS.get(str(body.get("tier")), _RANKS["normal"])
