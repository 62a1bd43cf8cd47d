"""Who takes a shift over."""

import sqlalchemy as sa
from alembic import op

revision = "0001_shifts"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "shift_override",
        sa.Column("rotation", sa.Text(), nullable=False),
        sa.Column("begin_ms", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("end_ms", sa.BigInteger(), nullable=False),
        sa.Column("override", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("rotation", "begin_ms", "at_ms", name="pk_shift_override"),
    )
