"""When a task was read for the first time: what the bot learns of late is not late."""

import sqlalchemy as sa
from alembic import op

revision = "0007_first_read"
down_revision = "0006_session_email"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column. Of tasks that are known already it is not known."""
    op.add_column("mirror", sa.Column("first_ms", sa.BigInteger(), nullable=True))
