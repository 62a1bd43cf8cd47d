"""What templates say about the tasks of their Spaces."""

import sqlalchemy as sa
from alembic import op

revision = "0014_space_policy"
down_revision = "0013_set_by"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "space_policy",
        sa.Column("space_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("space", sa.Text(), nullable=False),
        sa.Column("folders", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("space_id", "name", name=op.f("pk_space_policy")),
    )
    with op.batch_alter_table("space_policy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_space_policy_workspace"), ["workspace"])
