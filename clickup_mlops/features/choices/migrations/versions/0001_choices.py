"""What people chose about automations while the bot runs."""

import sqlalchemy as sa
from alembic import op

revision = "0001_choices"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "automation_choice",
        sa.Column("automation", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("automation", name="pk_automation_choice"),
    )
