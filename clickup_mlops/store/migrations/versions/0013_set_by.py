"""Whose choice a kept priority or a mute is, and why it was made."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0013_set_by"
down_revision = "0012_origin"
branch_labels = None
depends_on = None

_NAMES = ("set_by", "user_name", "because")
_HOLDS = sa.text(
    "select o.task_id, o.since_ms, j.automation, j.after from override o join journal j"
    " on j.task_id = o.task_id and j.kind = 'hold' and j.outcome = 'done'"
    " where o.user_id is null order by j.id"
)
_NAME = sa.text("update override set set_by = :set_by where task_id = :task_id")


def upgrade() -> None:
    """Adds the columns; which automation holds a priority is told by the journal."""
    for table in ("override", "mute"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in _NAMES:
                batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in _NAMES:
                batch_op.alter_column(name, server_default=None, existing_type=sa.Text())
    connection = op.get_bind()
    for task_id, since_ms, automation, after in connection.execute(_HOLDS).all():
        held = json.loads(after)
        if isinstance(held, dict) and held.get("since_ms") == since_ms:
            connection.execute(_NAME, {"task_id": task_id, "set_by": automation})
