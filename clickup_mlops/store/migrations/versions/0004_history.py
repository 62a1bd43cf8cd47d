"""What was measured and what happened; incidents; who may look at the dashboard."""

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0004_history"
down_revision = "0003_data_migrations"
branch_labels = None
depends_on = None

PAGE = 500
_KEYED = ["workspace", "key", "opened_ms"]
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Creates the tables."""
    _history()
    _timeline()
    _incidents()
    _grants()
    _item_types()


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _history() -> None:
    key = ["workspace", "source", "measure", "labels", "task_id", "field"]
    op.create_table(
        "series",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        *_texts(*key, "unit"),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sqlite_autoincrement=True,
    )
    op.create_index(f"ix_series_{'_'.join(key)}", "series", key, unique=True)
    op.create_index("ix_series_task_id_last_ms", "series", ["task_id", "last_ms"])
    op.create_table(
        "point",
        sa.Column("series_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("step_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("mean", "low", "high")),
        sa.PrimaryKeyConstraint("series_id", "step_ms", "at_ms", name="pk_point"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_point_step_ms_at_ms", "point", ["step_ms", "at_ms"])


def _timeline() -> None:
    op.create_table(
        "timeline",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        *_texts("key", "workspace", "task_id"),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        *_texts("kind", "text", "actor", "url", "value", "state", "list_id"),
        sa.PrimaryKeyConstraint("id", name="pk_timeline"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_timeline_key", "timeline", ["key"], unique=True)
    for names in (
        ["task_id", "at_ms", "kind", "state"],
        ["workspace", "kind", "at_ms", "state", "task_id", "list_id"],
    ):
        op.create_index(f"ix_timeline_{'_'.join(names)}", "timeline", names)


def _incidents() -> None:
    op.create_table(
        "incident",
        *_texts("id", "workspace", "task_id", "title"),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        *_texts("lead", "room", "key", "details"),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    op.create_index("ix_incident_workspace_opened_ms", "incident", ["workspace", "opened_ms"])
    op.create_index("ix_incident_workspace_key_opened_ms", "incident", _KEYED)
    op.create_index("ix_incident_task_id", "incident", ["task_id"])
    op.create_table(
        "incident_task",
        *_texts("incident_id", "task_id"),
        sa.Column("joined_ms", sa.BigInteger(), nullable=False),
        sa.Column("left_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("incident_id", "task_id", name="pk_incident_task"),
    )
    op.create_index("ix_incident_task_task_id_joined_ms", "incident_task", ["task_id", "joined_ms"])


def _grants() -> None:
    op.create_table(
        "access_grant",
        *_texts("id", "digest", "kind", "user_id", "user_name", "role", "view"),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_access_grant"),
    )
    op.create_index("ix_access_grant_digest", "access_grant", ["digest"], unique=True)


def _item_types() -> None:
    op.add_column("mirror", sa.Column("item_type", sa.BigInteger(), nullable=True))
    connection, last = op.get_bind(), ""
    page = sa.text("select task_id, raw from mirror where task_id > :last order by task_id limit :n")
    statement = sa.text("update mirror set item_type = :type where task_id = :task_id")
    while rows := connection.execute(page, {"last": last, "n": PAGE}).all():
        last = rows[-1].task_id
        item_types = ((row.task_id, orjson.loads(bytes(row.raw)).get("custom_item_id")) for row in rows)
        values = [{"task_id": task_id, "type": type_} for task_id, type_ in item_types if isinstance(type_, int)]
        if values:
            connection.execute(statement, values)
    condition = sa.text("item_type > 0")
    op.create_index(
        "ix_mirror_item_type",
        "mirror",
        ["item_type", "task_id"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
