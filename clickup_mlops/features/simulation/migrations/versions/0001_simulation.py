"""Recorded events."""

import sqlalchemy as sa
from alembic import op

revision = "0001_simulation"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite only numbers rows by itself if the type is exactly INTEGER."""


def upgrade() -> None:
    """Creates the tables."""
    _create_recording()


def _create_recording() -> None:
    op.create_table(
        "recording",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recording"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_recording_at_ms", "recording", ["at_ms"])
