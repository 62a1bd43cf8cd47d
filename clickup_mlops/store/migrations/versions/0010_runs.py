"""What became of each automation that an event set off."""

import sqlalchemy as sa
from alembic import op

revision = "0010_runs"
down_revision = "0009_overruled"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "automation_run",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("automation", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("event_kind", sa.Text(), nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation_run")),
        sa.UniqueConstraint("key", name=op.f("uq_automation_run_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("automation_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_automation_run_last_ms"), ["last_ms"])
        batch_op.create_index(
            batch_op.f("ix_automation_run_task_id_last_ms"), ["task_id", "last_ms"]
        )
