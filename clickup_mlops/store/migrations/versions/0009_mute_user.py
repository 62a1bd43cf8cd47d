"""Who muted an automation: whoever replaces the mute needs at least that role."""

import sqlalchemy as sa
from alembic import op

revision = "0009_mute_user"
down_revision = "0008_head_signature"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column. Of earlier mutes it is not known: any member may replace them."""
    op.add_column("mute", sa.Column("user_id", sa.BigInteger(), nullable=True))
