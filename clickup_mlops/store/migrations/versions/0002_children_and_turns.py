"""A task's parent in the mirror, and whose turn it was."""

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0002_children_and_turns"
down_revision = "0001_initial"
branch_labels = None
depends_on = None

PAGE = 500


def upgrade() -> None:
    """Adds the column, fills it from the tasks, and creates the table."""
    op.add_column("mirror", sa.Column("parent_id", sa.Text(), nullable=True))
    _fill()
    condition = sa.text("parent_id is not null")
    op.create_index(
        "ix_mirror_parent_id",
        "mirror",
        ["parent_id", "task_id"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "turn",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("rotation", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_turn"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_turn_rotation_task_id", "turn", ["rotation", "task_id"], unique=True)
    op.create_index("ix_turn_rotation_user_id_id", "turn", ["rotation", "user_id", "id"])
    op.create_index("ix_turn_at_ms", "turn", ["at_ms"])


def _fill() -> None:
    connection, last = op.get_bind(), ""
    page = sa.text("select task_id, raw from mirror where task_id > :last order by task_id limit :n")
    statement = sa.text("update mirror set parent_id = :parent where task_id = :task_id")
    while rows := connection.execute(page, {"last": last, "n": PAGE}).all():
        last = rows[-1].task_id
        parents = ((row.task_id, orjson.loads(bytes(row.raw)).get("parent")) for row in rows)
        values = [{"task_id": task_id, "parent": str(parent)} for task_id, parent in parents if parent]
        if values:
            connection.execute(statement, values)
