"""The tables: one schema for SQLite and PostgreSQL.

All times are Unix milliseconds. JSON bodies are kept as the bytes that came in, so that what was
signed is what is stored. Changes need a revision in `migrations/versions`; a test compares the two.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)

# Named constraints are what lets a later migration drop one on both databases.
NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING)

# SQLite only numbers rows by itself when the key is exactly INTEGER.
BigId: Final = BigInteger().with_variant(Integer(), "sqlite")

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("list_id", Text),
    Column("body", LargeBinary, nullable=False),
    Column("event_ms", BigInteger),
    Column("received_ms", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_ms", BigInteger, nullable=False),
    Column("error", Text, nullable=False),
    Column("done_ms", BigInteger),
    Index(None, "state", "id"),
    Index(
        "ix_inbox_ready_lane_id",
        "lane",
        "id",
        sqlite_where=text("state = 'ready'"),
        postgresql_where=text("state = 'ready'"),
    ),
    # AUTOINCREMENT: a pruned id must never come back, or an old worker could finish a new row.
    sqlite_autoincrement=True,
)

lane = Table(
    "lane",
    metadata,
    Column("lane", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("lease_until_ms", BigInteger, nullable=False),
)

mirror = Table(
    "mirror",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("list_id", Text, nullable=False),
    Column("is_open", Boolean(create_constraint=False), nullable=False),
    Column("priority", SmallInteger),
    Column("updated_ms", BigInteger, nullable=False),
    Column("fetched_ms", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Index(None, "list_id", "is_open"),
)

journal = Table(
    "journal",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("task_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("automation", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("begun_ms", BigInteger, nullable=False),
    Column("finished_ms", BigInteger),
    Column("outcome", Text, nullable=False),
    Column("echo_ms", BigInteger),
    Column("receipt", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Index(None, "task_id", "kind", "id"),
    Index(None, "outcome", "id"),
    # Counting an automation's writes of the last hour needs nothing but the index.
    Index(None, "automation", "begun_ms", "outcome"),
    Index(
        "ix_journal_receipt",
        "receipt",
        sqlite_where=text("receipt <> 'null'"),
        postgresql_where=text("receipt <> 'null'"),
    ),
    sqlite_autoincrement=True,
)

decision = Table(
    "decision",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("task_id", Text, nullable=False),
    Column("event_key", Text, nullable=False),
    Column("decided_ms", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "task_id", "id"),
    sqlite_autoincrement=True,
)

override = Table(
    "override",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("priority", SmallInteger),
    Column("user_id", BigInteger),
    Column("since_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Column("origin", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("user_name", Text, nullable=False),
    Column("because", Text, nullable=False),
    # Tasks that one user created at about the same time.
    Index(None, "user_id", "created_ms"),
)

mute = Table(
    "mute",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("automation", Text, primary_key=True),
    Column("until_ms", BigInteger, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("user_name", Text, nullable=False),
    Column("because", Text, nullable=False),
)

recording = Table(
    "recording",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("task_id", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "at_ms"),
    sqlite_autoincrement=True,
)

cursor = Table(
    "cursor",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

note = Table(
    "note",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)
