"""What migrations from other tools have read, and what they have done."""

import sqlalchemy as sa
from alembic import op

revision = "0003_data_migrations"
down_revision = "0002_children_and_turns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables."""
    op.create_table(
        "migration_record",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("migration", "kind", "id")),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("fetched", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("migration", "kind", "id", name="pk_migration_record"),
    )
    op.create_index(
        "ix_migration_record_migration_kind_board_position",
        "migration_record",
        ["migration", "kind", "board", "position"],
    )
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    texts = ("migration", "key", "kind", "state", "target", "source_hash")
    op.create_table(
        "migration_step",
        sa.Column("id", big, autoincrement=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("written", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_migration_step"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_migration_step_migration_key", "migration_step", ["migration", "key"], unique=True
    )
    op.create_index(
        "ix_migration_step_migration_kind_state_id",
        "migration_step",
        ["migration", "kind", "state", "id"],
    )
    op.create_index("ix_migration_step_target", "migration_step", ["target"])
