"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001_initial"
down_revision = None
branch_labels = None
depends_on = None

GENESIS = "0" * 64


def upgrade() -> None:
    """Creates every table."""
    _inbox()
    _tasks()
    _journal()
    _audit()
    _decisions()
    _automations()
    _provisions()
    _metrics()
    _by_name()


def _inbox() -> None:
    op.create_table(
        "inbox",
        _number("id"),
        *_times("received_ms", "due_ms"),
        sa.Column("event_ms", sa.BigInteger(), nullable=True),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *_texts("key", "source", "workspace", "kind", "lane", "state", "error"),
        sa.Column("list_id", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _key("inbox", "id"),
        sa.UniqueConstraint("key", name="uq_inbox_key"),
        sqlite_autoincrement=True,
    )
    for index, column in (("lane_id", "lane"), ("due_ms", "due_ms"), ("list_id", "list_id")):
        _partial(f"ix_inbox_ready_{index}", "inbox", [column, "id"], "state = 'ready'")
    _partial("ix_inbox_ready_id", "inbox", ["id"], "state = 'ready'")
    _partial("ix_inbox_parked_id", "inbox", ["id"], "state = 'parked'")
    _partial("ix_inbox_done_ms", "inbox", ["done_ms"], "state = 'done'")
    _index("inbox", "lane", "event_ms")
    op.create_table(
        "lease", *_texts("name", "owner"), *_times("until_ms"), _key("lease", "name")
    )


def _tasks() -> None:
    op.create_table(
        "mirror",
        *_texts("task_id", "workspace", "list_id"),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=True),
        *_times("updated_ms", "fetched_ms"),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        _key("mirror", "task_id"),
    )
    _partial("ix_mirror_open", "mirror", ["list_id", "priority", "task_id"], "is_open")
    _partial("ix_mirror_open_fetched_ms", "mirror", ["fetched_ms"], "is_open")
    _index("mirror", "updated_ms")
    op.create_table(
        "recording",
        _number("id"),
        *_texts("task_id"),
        *_times("at_ms"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _key("recording", "id"),
        sqlite_autoincrement=True,
    )
    _index("recording", "at_ms")


def _journal() -> None:
    op.create_table(
        "journal",
        _number("id"),
        *_times("begun_ms"),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.Column("echo_ms", sa.BigInteger(), nullable=True),
        *_texts("task_id", "kind", "before", "after", "receipt", "cause", "chain", "automation"),
        *_texts("actor", "run", "lane", "outcome"),
        _key("journal", "id"),
        sqlite_autoincrement=True,
    )
    _partial("ix_journal_receipt", "journal", ["receipt"], "receipt <> 'null'")
    failed = "outcome <> '' and outcome <> 'done'"
    _partial("ix_journal_failed", "journal", ["automation", "begun_ms"], failed)
    _index("journal", "task_id", "kind", "id")
    _index("journal", "outcome", "id")
    _index("journal", "automation", "begun_ms")
    op.create_table(
        "write_count",
        *_texts("automation"),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        *_times("minute"),
        sa.Column("count", sa.Integer(), nullable=False),
        _key("write_count", "automation", "slot"),
    )


def _audit() -> None:
    """The chain begins empty."""
    op.create_table(
        "audit",
        _number("seq", is_assigned=True),
        *_times("at_ms", "begun_ms"),
        *_texts("task_id", "kind", "before", "after", "receipt", "chain", "automation"),
        *_texts("actor", "run", "outcome", "calls", "key", "prev", "hash"),
        _bytewise("cause"),
        sa.Column("journal_id", sa.BigInteger(), nullable=False),
        _key("audit", "seq"),
    )
    for column in ("task_id", "automation", "run", "kind", "cause"):
        _index("audit", column, "seq")
    _partial("ix_audit_not_done", "audit", ["outcome", "seq"], "outcome <> 'done'")
    op.create_table(
        "audit_link",
        _bytewise("cause"),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        _key("audit_link", "cause", "seq"),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        *_texts("hash"),
        _key("audit_head", "id"),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": GENESIS}])


def _decisions() -> None:
    op.create_table(
        "decision",
        _number("id"),
        *_texts("task_id", "event_key"),
        *_times("decided_ms"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _key("decision", "id"),
        sqlite_autoincrement=True,
    )
    _index("decision", "task_id", "id")
    op.create_table(
        "override",
        *_texts("task_id", "origin", "set_by", "user_name", "because"),
        sa.Column("priority", sa.SmallInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        *_times("since_ms", "until_ms", "created_ms"),
        _key("override", "task_id"),
    )
    _index("override", "user_id", "created_ms")
    op.create_table(
        "correction",
        *_texts("task_id", "subject", "title", "decided", "chosen", "reason", "user_name"),
        *_times("decided_ms", "at_ms"),
        _key("correction", "task_id", "subject", "decided_ms"),
    )
    _index("correction", "at_ms")


def _automations() -> None:
    op.create_table(
        "mute",
        *_texts("task_id", "automation", "set_by", "user_name", "because"),
        *_times("until_ms"),
        _key("mute", "task_id", "automation"),
    )
    op.create_table(
        "evaluation",
        *_texts("task_id", "change", "automations"),
        *_times("at_ms"),
        _key("evaluation", "task_id", "change"),
    )
    _index("evaluation", "at_ms")
    op.create_table(
        "automation_run",
        _number("id"),
        *_times("first_ms", "last_ms"),
        sa.Column("count", sa.Integer(), nullable=False),
        *_texts("key", "automation", "task_id", "event_key", "event_kind", "result", "actions"),
        _key("automation_run", "id"),
        sa.UniqueConstraint("key", name="uq_automation_run_key"),
        sqlite_autoincrement=True,
    )
    _index("automation_run", "last_ms")
    _index("automation_run", "task_id", "last_ms")


def _provisions() -> None:
    op.create_table(
        "provision_run",
        _number("id"),
        *_texts("workspace", "template", "kind", "outcome"),
        *_times("begun_ms"),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        _key("provision_run", "id"),
        sqlite_autoincrement=True,
    )
    _index("provision_run", "workspace", "id")
    op.create_table(
        "provision_step",
        _number("id"),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        *_times("begun_ms"),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        *_texts("path", "action", "before", "after", "object_id", "outcome"),
        _key("provision_step", "id"),
        sqlite_autoincrement=True,
    )
    _index("provision_step", "run_id", "id")
    _index("provision_step", "object_id")
    op.create_table(
        "provision_object",
        *_texts("workspace", "path", "object_id", "template", "desired"),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        _key("provision_object", "workspace", "path"),
    )
    op.create_table(
        "space_policy",
        *_texts("space_id", "name", "workspace", "space", "folders", "body"),
        *_times("since_ms"),
        _key("space_policy", "space_id", "name"),
    )
    _index("space_policy", "workspace")


def _metrics() -> None:
    op.create_table(
        "metric_value",
        *_texts("task_id", "field_id", "workspace", "field"),
        sa.Column("value", sa.Float(), nullable=True),
        *_texts("source", "measure", "labels", "origin"),
        *_times("sample_ms", "written_ms", "held_until_ms"),
        _key("metric_value", "task_id", "field_id"),
    )
    _index("metric_value", "workspace")


def _by_name() -> None:
    op.create_table("cursor", *_texts("name", "value"), _key("cursor", "name"))
    op.create_table("budget", *_texts("token", "state"), _key("budget", "token"))
    op.create_table(
        "note", *_texts("scope", "name", "value"), *_times("at_ms"), _key("note", "scope", "name")
    )


def _number(name: str, *, is_assigned: bool = False) -> sa.Column[int]:
    """A row's number. SQLite only gives it out by itself when the type is exactly INTEGER."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, big, autoincrement=not is_assigned, nullable=False)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _times(*names: str) -> list[sa.Column[int]]:
    """In Unix milliseconds; never given out by the database, even as part of a key."""
    return [
        sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False) for name in names
    ]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns])


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _bytewise(name: str) -> sa.Column[str]:
    """A text that is compared byte by byte, so that an index finds what begins alike."""
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return sa.Column(name, kind, nullable=False)
