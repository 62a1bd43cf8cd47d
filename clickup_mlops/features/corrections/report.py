"""Corrections: decisions that people changed, as a report. Pure."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from clickup_mlops.features.corrections.tables.corrections import Correction
from clickup_mlops.routing.decision import format_priority

_MOST: Final = 50
"""More are only counted: a longer list is not read."""


def value(subject: str, choice: Any) -> str:
    """A priority or workload as it is shown."""
    return format_priority(choice) if subject == "priority" else str(choice)


def report(rows: Sequence[Correction], escape: Callable[[str], str] = str) -> str:
    """All corrections in Markdown, newest first, after a summary by kind of change. `escape` writes
    what people wrote.
    """
    if not rows:
        return "No decision was corrected."
    newest = sorted(rows, key=lambda row: (row.at_ms, row.task_id), reverse=True)
    lines = [
        f"{_count(len(rows))} corrected.",
        "",
        *_summary(rows),
        "",
        *(_line(row, escape) for row in newest[:_MOST]),
    ]
    if len(newest) > _MOST:
        lines.append(f"- and {len(newest) - _MOST} earlier ones")
    return "\n".join(lines)


def _count(number: int) -> str:
    return "1 decision was" if number == 1 else f"{number} decisions were"


def _summary(rows: Sequence[Correction]) -> list[str]:
    counted = Counter(_change(row) for row in rows)
    ranked = sorted(counted.items(), key=lambda change_count: (-change_count[1], change_count[0]))
    return [f"- {number} x {change}" for change, number in ranked]


def _change(row: Correction) -> str:
    decided, chosen = value(row.subject, row.decided), value(row.subject, row.chosen)
    return f"{row.subject} {decided} -> {chosen}"


def _line(row: Correction, escape: Callable[[str], str]) -> str:
    day = datetime.fromtimestamp(row.at_ms / 1000, UTC).date()
    name = escape(" ".join(row.title.split())) or "(no name)"
    user = escape(row.user_name) or "unknown user"
    return f"- {day} {name} ({row.task_id}): {_change(row)} by {user}; {escape(row.reason)}"
