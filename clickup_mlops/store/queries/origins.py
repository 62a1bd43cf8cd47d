"""Which tasks people did not create: an automation or a feature, such as a migration, did."""

from typing import Any

from sqlalchemy import ColumnElement, and_, literal_column, not_, or_, select

from clickup_mlops.store.tables import find_tables
from clickup_mlops.store.tables.journal import journal
from clickup_mlops.store.tables.notes import ORIGIN, note


def is_created_by_bot(task_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the task of a row was, by one look into an index for each table."""
    receipt: Any = literal_column("'\"'") + task_id + literal_column("'\"'")
    by_automation = and_(
        journal.c.receipt == receipt,
        literal_column("journal.receipt <> 'null'"),  # as in the index
        journal.c.kind.startswith("task:"),
    )
    # Of a migration that was forgotten; with lines: a person copied them.
    is_noted = and_(
        note.c.scope == ORIGIN, note.c.name == task_id, not_(note.c.value.contains('"lines"'))
    )
    return or_(
        select(journal.c.id).where(by_automation).exists(),
        *(table.created_task(task_id) for table in find_tables().values() if table.created_task),
        select(note.c.name).where(is_noted).exists(),
    )
