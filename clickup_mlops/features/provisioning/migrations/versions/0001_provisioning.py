"""Runs and steps of provisioning, and the objects that it manages."""

import sqlalchemy as sa
from alembic import op

revision = "0001_provisioning"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite only numbers rows by itself if the type is exactly INTEGER."""


def upgrade() -> None:
    """Creates the tables."""
    _create_provision_object()
    _create_provision_run()
    _create_provision_step()


def _create_provision_object() -> None:
    op.create_table(
        "provision_object",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("desired", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "path", name="pk_provision_object"),
    )


def _create_provision_run() -> None:
    op.create_table(
        "provision_run",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.Column("begun_ms", sa.BigInteger(), nullable=False),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_provision_run"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_provision_run_workspace_id", "provision_run", ["workspace", "id"])


def _create_provision_step() -> None:
    op.create_table(
        "provision_step",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("begun_ms", sa.BigInteger(), nullable=False),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_provision_step"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_provision_step_object_id", "provision_step", ["object_id"])
    op.create_index("ix_provision_step_run_id_id", "provision_step", ["run_id", "id"])
