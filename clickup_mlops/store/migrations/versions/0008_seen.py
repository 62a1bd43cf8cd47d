"""Up to which event of the inbox a mirrored task is known to show the changes."""

import sqlalchemy as sa
from alembic import op

revision = "0008_seen"
down_revision = "0007_causes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; of tasks that were read before, nothing is known."""
    with op.batch_alter_table("mirror", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seen", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("mirror", schema=None) as batch_op:
        batch_op.alter_column("seen", server_default=None, existing_type=sa.BigInteger())
