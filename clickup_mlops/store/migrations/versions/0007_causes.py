"""What led to a write, under which lane it was made, and notes: what must survive a crash."""

import sqlalchemy as sa
from alembic import op

revision = "0007_causes"
down_revision = "0006_audit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds them; what led to older writes is not known."""
    with op.batch_alter_table("journal", schema=None, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("chain", sa.Text(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("lane", sa.Text(), nullable=False, server_default=""))
    op.execute("update journal set lane = task_id")
    with op.batch_alter_table("journal", schema=None, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("chain", server_default=None, existing_type=sa.Text())
        batch_op.alter_column("lane", server_default=None, existing_type=sa.Text())
        batch_op.create_index(
            batch_op.f("ix_journal_automation_begun_ms_outcome"), ["automation", "begun_ms", "outcome"]
        )
        batch_op.create_index(
            "ix_journal_receipt",
            ["receipt"],
            sqlite_where=sa.text("receipt <> 'null'"),
            postgresql_where=sa.text("receipt <> 'null'"),
        )
    op.create_table(
        "note",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "name", name=op.f("pk_note")),
    )
