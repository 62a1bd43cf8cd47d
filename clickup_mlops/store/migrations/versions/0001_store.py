"""The tables of the event pipeline."""

import sqlalchemy as sa
from alembic import op

revision = "0001_store"
down_revision = None
branch_labels = None
depends_on = None

BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Compared byte by byte, so that an index finds what begins alike."""
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite only numbers rows by itself if the type is exactly INTEGER."""
READY = "state = 'ready'"
GENESIS = "0" * 64
"""The hash before the first entry of the audit."""


def upgrade() -> None:
    """Creates the tables."""
    _create_audit()
    _create_audit_head()
    _create_audit_link()
    _create_automation_run()
    _create_budget()
    _create_cursor()
    _create_decision()
    _create_evaluation()
    _create_inbox()
    _create_journal()
    _create_lease()
    _create_metric_value()
    _create_mirror()
    _create_mute()
    _create_note()
    _create_override()
    _create_point()
    _create_series()
    _create_space_policy()
    _create_timeline()
    _create_turn()
    _create_write_count()


def _create_partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("begun_ms", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("cause", BYTEWISE, nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("automation", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("calls", sa.Text(), nullable=False),
        sa.Column("journal_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("prev", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_automation_seq", "audit", ["automation", "seq"])
    op.create_index("ix_audit_cause_seq", "audit", ["cause", "seq"])
    op.create_index("ix_audit_kind_seq", "audit", ["kind", "seq"])
    _create_partial_index("ix_audit_not_done", "audit", ["outcome", "seq"], "outcome <> 'done'")
    op.create_index("ix_audit_run_seq", "audit", ["run", "seq"])
    op.create_index("ix_audit_task_id_seq", "audit", ["task_id", "seq"])


def _create_audit_head() -> None:
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": GENESIS}])


def _create_audit_link() -> None:
    op.create_table(
        "audit_link",
        sa.Column("cause", BYTEWISE, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("cause", "seq", name="pk_audit_link"),
    )


def _create_automation_run() -> None:
    op.create_table(
        "automation_run",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("automation", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("event_kind", sa.Text(), nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_automation_run"),
        sa.UniqueConstraint("key", name="uq_automation_run_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_automation_run_automation_last_ms", "automation_run", ["automation", "last_ms"]
    )
    op.create_index("ix_automation_run_last_ms", "automation_run", ["last_ms"])
    op.create_index("ix_automation_run_task_id_last_ms", "automation_run", ["task_id", "last_ms"])


def _create_budget() -> None:
    op.create_table(
        "budget",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_budget"),
    )


def _create_cursor() -> None:
    op.create_table(
        "cursor",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_cursor"),
    )


def _create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("workload", sa.Text(), nullable=True),
        sa.Column("rank", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_decision_task_id_id_workload_rank", "decision", ["task_id", "id", "workload", "rank"]
    )


def _create_evaluation() -> None:
    op.create_table(
        "evaluation",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("automations", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "change", name="pk_evaluation"),
    )
    op.create_index("ix_evaluation_at_ms", "evaluation", ["at_ms"])


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("event_ms", sa.BigInteger(), nullable=True),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("key", name="uq_inbox_key"),
        sqlite_autoincrement=True,
    )
    # In this order: of two indexes that cost the same, PostgreSQL takes an early one.
    _create_partial_index("ix_inbox_ready_lane_id", "inbox", ["lane", "id", "rank"], READY)
    _create_partial_index("ix_inbox_ready_rank", "inbox", ["rank", "due_ms", "id"], READY)
    _create_partial_index("ix_inbox_ready_list_id", "inbox", ["list_id", "id"], READY)
    _create_partial_index("ix_inbox_ready_id", "inbox", ["id"], READY)
    _create_partial_index("ix_inbox_parked_id", "inbox", ["id"], "state = 'parked'")
    _create_partial_index("ix_inbox_done_ms", "inbox", ["done_ms"], "state = 'done'")
    op.create_index("ix_inbox_lane_event_ms", "inbox", ["lane", "event_ms"])
    if op.get_bind().dialect.name == "postgresql":
        # Rows that are done stay in the indexes of those that wait until a vacuum: by default a
        # fifth of the table, which each look would read.
        op.execute(
            "alter table inbox set "
            "(autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000)"
        )


def _create_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("automation", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("begun_ms", sa.BigInteger(), nullable=False),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("echo_ms", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_automation_begun_ms", "journal", ["automation", "begun_ms"])
    _create_partial_index("ix_journal_failed", "journal", ["automation", "begun_ms"], "outcome <> '' and outcome <> 'done'")
    op.create_index("ix_journal_outcome_id", "journal", ["outcome", "id"])
    _create_partial_index("ix_journal_receipt", "journal", ["receipt"], "receipt <> 'null'")
    op.create_index("ix_journal_task_id_kind_id", "journal", ["task_id", "kind", "id"])


def _create_lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )


def _create_metric_value() -> None:
    op.create_table(
        "metric_value",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("field_id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("sample_ms", sa.BigInteger(), nullable=False),
        sa.Column("written_ms", sa.BigInteger(), nullable=False),
        sa.Column("held_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("aggregate", sa.Text(), nullable=False),
        sa.Column("window_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "field_id", name="pk_metric_value"),
    )
    op.create_index("ix_metric_value_workspace", "metric_value", ["workspace"])


def _create_mirror() -> None:
    op.create_table(
        "mirror",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=True),
        sa.Column("item_type", sa.BigInteger(), nullable=True),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.Column("fetched_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_ms", sa.BigInteger(), nullable=True),
        sa.Column("serves", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("task_id", name="pk_mirror"),
    )
    _create_partial_index("ix_mirror_item_type", "mirror", ["item_type", "task_id"], "item_type > 0")
    _create_partial_index("ix_mirror_open", "mirror", ["list_id", "priority", "task_id", "created_ms"], "is_open")
    _create_partial_index("ix_mirror_open_fetched_ms", "mirror", ["fetched_ms"], "is_open")
    _create_partial_index("ix_mirror_parent_id", "mirror", ["parent_id", "task_id"], "parent_id is not null")
    _create_partial_index("ix_mirror_serves", "mirror", ["list_id"], "serves")
    op.create_index("ix_mirror_updated_ms", "mirror", ["updated_ms"])


def _create_mute() -> None:
    op.create_table(
        "mute",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("automation", sa.Text(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("task_id", "automation", name="pk_mute"),
    )
    op.create_index("ix_mute_until_ms", "mute", ["until_ms"])


def _create_note() -> None:
    op.create_table(
        "note",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "name", name="pk_note"),
    )


def _create_override() -> None:
    op.create_table(
        "override",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name="pk_override"),
    )
    op.create_index("ix_override_until_ms", "override", ["until_ms"])
    op.create_index("ix_override_user_id_created_ms", "override", ["user_id", "created_ms"])


def _create_point() -> None:
    op.create_table(
        "point",
        sa.Column("series_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("step_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("mean", sa.Float(), nullable=False),
        sa.Column("low", sa.Float(), nullable=False),
        sa.Column("high", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("series_id", "step_ms", "at_ms", name="pk_point"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_point_step_ms_at_ms", "point", ["step_ms", "at_ms"])


def _create_series() -> None:
    op.create_table(
        "series",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_series_task_id_last_ms", "series", ["task_id", "last_ms"])
    op.create_index(
        "ix_series_workspace_source_measure_labels_task_id_field",
        "series",
        ["workspace", "source", "measure", "labels", "task_id", "field"],
        unique=True,
    )


def _create_space_policy() -> None:
    op.create_table(
        "space_policy",
        sa.Column("space_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("space", sa.Text(), nullable=False),
        sa.Column("folders", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("space_id", "name", name="pk_space_policy"),
    )
    op.create_index("ix_space_policy_workspace", "space_policy", ["workspace"])


def _create_timeline() -> None:
    op.create_table(
        "timeline",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_timeline"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_timeline_key", "timeline", ["key"], unique=True)
    op.create_index(
        "ix_timeline_task_id_at_ms_kind_state", "timeline", ["task_id", "at_ms", "kind", "state"]
    )
    op.create_index(
        "ix_timeline_workspace_kind_at_ms_state_task_id_list_id",
        "timeline",
        ["workspace", "kind", "at_ms", "state", "task_id", "list_id"],
    )


def _create_turn() -> None:
    op.create_table(
        "turn",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("rotation", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_turn"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_turn_at_ms", "turn", ["at_ms"])
    op.create_index("ix_turn_rotation_user_id_id", "turn", ["rotation", "user_id", "id"])
    op.create_index("uq_turn_rotation_task_id", "turn", ["rotation", "task_id"], unique=True)


def _create_write_count() -> None:
    op.create_table(
        "write_count",
        sa.Column("automation", sa.Text(), nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("automation", "slot", name="pk_write_count"),
    )
