"""The e-mail address of who signed in to the dashboard: operators may be named by it."""

import sqlalchemy as sa
from alembic import op

revision = "0006_session_email"
down_revision = "0005_lanes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column. Operators named by e-mail only look until they sign in again."""
    column = sa.Column("user_email", sa.Text(), nullable=False, server_default="")
    op.add_column("access_grant", column)
