"""What the bot would do, what people answered, and which Lists are live."""

import sqlalchemy as sa
from alembic import op

revision = "0001_shadow"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables."""
    op.create_table(
        "list_mode",
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("list_id", name="pk_list_mode"),
    )
    op.create_table(
        "shadow_proposal",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("list_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("before", sa.SmallInteger(), nullable=True),
        sa.Column("after", sa.SmallInteger(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name="pk_shadow_proposal"),
    )
    op.create_table(
        "shadow_answer",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("proposed", sa.SmallInteger(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("chosen", sa.SmallInteger(), nullable=True),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "proposed", "user_name", name="pk_shadow_answer"),
    )
