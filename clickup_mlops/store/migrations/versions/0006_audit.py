"""The hash-chained audit, and who asked for a write."""

import sqlalchemy as sa
from alembic import op

revision = "0006_audit"
down_revision = "0005_mute_recording"
branch_labels = None
depends_on = None

GENESIS = "0" * 64


def upgrade() -> None:
    """Creates the tables. The chain begins empty: earlier writes were not proved by it."""
    with op.batch_alter_table("journal", schema=None, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("actor", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("journal", schema=None, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("actor", server_default=None, existing_type=sa.Text())
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    text = ("task_id kind before after receipt cause chain automation actor run outcome calls").split()
    op.create_table(
        "audit",
        sa.Column("seq", big, autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("begun_ms", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in text),
        sa.Column("journal_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("key", "prev", "hash")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        for column in ("task_id", "automation", "run"):
            batch_op.create_index(batch_op.f(f"ix_audit_{column}_seq"), [column, "seq"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": GENESIS}])
