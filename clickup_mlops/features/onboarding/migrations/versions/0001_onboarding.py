"""Who has shown which lesson."""

import sqlalchemy as sa
from alembic import op

revision = "0001_onboarding"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "lesson_shown",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "user_id", "lesson", name="pk_lesson_shown"),
    )
