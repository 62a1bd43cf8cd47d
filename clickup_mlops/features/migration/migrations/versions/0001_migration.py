"""Migrations' records and steps."""

import sqlalchemy as sa
from alembic import op

revision = "0001_migration"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite only numbers rows by itself if the type is exactly INTEGER."""


def upgrade() -> None:
    """Creates the tables."""
    _create_migration_record()
    _create_migration_step()


def _create_migration_record() -> None:
    op.create_table(
        "migration_record",
        sa.Column("migration", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
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


def _create_migration_step() -> None:
    op.create_table(
        "migration_step",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("migration", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("source_hash", sa.Text(), nullable=False),
        sa.Column("written", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_migration_step"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_migration_step_migration_kind_state_id",
        "migration_step",
        ["migration", "kind", "state", "id"],
    )
    op.create_index("ix_migration_step_target", "migration_step", ["target"])
    op.create_index(
        "uq_migration_step_migration_key", "migration_step", ["migration", "key"], unique=True
    )
