"""Where a kept priority comes from: a change, the task's creation, the time before the bot."""

import sqlalchemy as sa
from alembic import op

revision = "0012_origin"
down_revision = "0011_evaluated"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds it; what was kept so far were changes."""
    with op.batch_alter_table("override", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin", sa.Text(), nullable=False, server_default="change"))
        batch_op.add_column(sa.Column("created_ms", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("override", schema=None) as batch_op:
        batch_op.alter_column("origin", server_default=None, existing_type=sa.Text())
        batch_op.alter_column("created_ms", server_default=None, existing_type=sa.BigInteger())
        batch_op.create_index(
            batch_op.f("ix_override_user_id_created_ms"), ["user_id", "created_ms"]
        )
    with op.batch_alter_table(
        "provision_step", schema=None, table_kwargs={"sqlite_autoincrement": True}
    ) as batch_op:
        batch_op.create_index(batch_op.f("ix_provision_step_object_id"), ["object_id"])
