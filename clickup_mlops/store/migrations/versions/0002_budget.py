"""The shared rate budget."""

import sqlalchemy as sa
from alembic import op

revision = "0002_budget"
down_revision = "0001_initial"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "budget",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_budget")),
    )
