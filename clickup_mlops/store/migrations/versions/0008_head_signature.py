"""The end of the audit is signed: who removes entries there is noticed without an anchor."""

import sqlalchemy as sa
from alembic import op

revision = "0008_head_signature"
down_revision = "0007_first_read"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column. A chain that was signed before has a head without signature, and
    `audit verify` says so: export it, and begin anew.
    """
    op.add_column(
        "audit_head", sa.Column("signature", sa.Text(), nullable=False, server_default="")
    )
