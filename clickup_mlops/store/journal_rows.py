"""Rows of the journal as values."""

from dataclasses import dataclass, fields
from typing import Any, Final

import orjson

Chain = tuple[tuple[str, str], ...]
"""Earlier writes that led to this one, oldest first: each one's cause and automation. Empty: the
cause was not a write of the bot."""

DONE: Final = "done"
FAILED: Final = "failed"
"""The outcomes that the journal itself knows: a failed write has no echo."""
NOT_SEEN: Final = "not seen"
"""Outcome of a write that the task does not show: it never happened, or was overwritten."""
ANY: Final = object()
"""As `after` of `Journal.match_echo`: the event does not include the value; kind and time decide.
"""
UNDO: Final = "undo"
"""Automation of the writes that undo others; their cause is `undo:<number of the change>`."""


@dataclass(frozen=True, slots=True)
class Write:
    """One change of a task. `before` and `after` are JSON values; `cause` is an inbox key.

    `lane` is the inbox lane that makes it, and reconciles it after a crash; empty: the task's own.
    """

    task_id: str
    kind: str
    before: Any
    after: Any
    cause: str
    automation: str
    run: str = ""
    actor: str = ""
    """The person who asked for it; empty: an automation acts by itself."""
    chain: Chain = ()
    lane: str = ""


@dataclass(frozen=True, slots=True)
class JournalRow(Write):
    """A recorded write. `outcome` is empty as long as it is not known whether it happened."""

    id: int = 0
    begun_ms: int = 0
    finished_ms: int | None = None
    outcome: str = ""
    receipt: Any = None
    """What ClickUp returned for it, such as the id of a comment; a JSON value."""


def json_text(value: object) -> str:
    """A value as the journal keeps it: equal values are equal texts."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def facts_of(row: JournalRow, calls: tuple[str, ...]) -> dict[str, object]:
    """What the audit keeps of a write that has ended."""
    return {
        "at_ms": row.finished_ms,
        "begun_ms": row.begun_ms,
        "task_id": row.task_id,
        "kind": row.kind,
        "before": row.before,
        "after": row.after,
        "receipt": row.receipt,
        "cause": row.cause,
        "chain": row.chain,
        "automation": row.automation,
        "actor": row.actor,
        "run": row.run,
        "outcome": row.outcome,
        "calls": calls,
        "journal_id": row.id,
    }


def begun_row(write: Write, now_ms: int) -> dict[str, Any]:
    """The values of the columns of a write that begins."""
    return {
        "task_id": write.task_id,
        "kind": write.kind,
        "before": json_text(write.before),
        "after": json_text(write.after),
        "cause": write.cause,
        "automation": write.automation,
        "run": write.run,
        "actor": write.actor,
        "chain": json_text(write.chain),
        "lane": write.lane or write.task_id,
        "begun_ms": now_ms,
        "outcome": "",
        "receipt": json_text(None),
    }


def read_row(columns: tuple[Any, ...]) -> JournalRow:
    """The row with the values of the columns `NAMES`."""
    values = dict(zip(NAMES, columns, strict=True))
    for name in ("before", "after", "receipt"):
        values[name] = orjson.loads(values[name])
    values["chain"] = tuple(
        (cause, automation) for cause, automation in orjson.loads(values["chain"])
    )
    return JournalRow(**values)


NAMES: Final = tuple(field.name for field in fields(JournalRow))
