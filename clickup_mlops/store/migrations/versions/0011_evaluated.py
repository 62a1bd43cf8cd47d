"""Which changes were evaluated for which automations."""

import sqlalchemy as sa
from alembic import op

revision = "0011_evaluated"
down_revision = "0010_runs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "evaluated",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "change", name=op.f("pk_evaluated")),
    )
    with op.batch_alter_table("evaluated", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluated_at_ms"), ["at_ms"])
