"""What people chose instead of what the bot had decided."""

import sqlalchemy as sa
from alembic import op

revision = "0009_overruled"
down_revision = "0008_seen"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "overruled",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("decided", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "subject", "decided_ms", name=op.f("pk_overruled")),
    )
    with op.batch_alter_table("overruled", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_overruled_at_ms"), ["at_ms"])
