"""Incidents, and the tasks that they are about."""

import sqlalchemy as sa
from alembic import op

revision = "0001_incidents"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables."""
    _create_incident()
    _create_incident_task()


def _create_incident() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    op.create_index(
        "ix_incident_open",
        "incident",
        ["workspace", "opened_ms"],
        sqlite_where=sa.text("closed_ms is null"),
        postgresql_where=sa.text("closed_ms is null"),
    )
    op.create_index("ix_incident_task_id", "incident", ["task_id"])
    op.create_index(
        "ix_incident_workspace_key_opened_ms", "incident", ["workspace", "key", "opened_ms"]
    )
    op.create_index("ix_incident_workspace_opened_ms", "incident", ["workspace", "opened_ms"])


def _create_incident_task() -> None:
    op.create_table(
        "incident_task",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("joined_ms", sa.BigInteger(), nullable=False),
        sa.Column("left_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("incident_id", "task_id", name="pk_incident_task"),
    )
    op.create_index("ix_incident_task_task_id_joined_ms", "incident_task", ["task_id", "joined_ms"])
