"""What ClickUp gave for a write, such as the id of a comment."""

import sqlalchemy as sa
from alembic import op

revision = "0004_receipt"
down_revision = "0003_provision"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; of older writes nothing is known."""
    with op.batch_alter_table("journal", schema=None, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("receipt", sa.Text(), nullable=False, server_default="null"))
    with op.batch_alter_table("journal", schema=None, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("receipt", server_default=None, existing_type=sa.Text())
