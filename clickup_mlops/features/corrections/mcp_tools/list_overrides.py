"""List the decisions of the bot that people corrected: what it decided and why, what they chose.

Use it to find out where routing is wrong, for example before the policy is changed.
"""

from typing import Annotated

from pydantic import Field

from clickup_mlops.bot.ports import Subject
from clickup_mlops.features.corrections import report
from clickup_mlops.features.corrections.tables.corrections import Correction, CorrectionLog
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import Answer, Limit, Quoted, Since, Tool, iso, quoted, since_ms

About = Annotated[Subject | None, Field(description="Only corrections of this.")]


class Override(Answer):
    """A decision that a person corrected."""

    at: str
    """ISO 8601, UTC."""
    task_id: str
    task_name: Quoted
    subject: str
    """priority, workload or incident."""
    decided: str
    chosen: str
    by: Quoted
    why_decided: Quoted


class Overrides(Answer):
    """The corrections, newest first."""

    total: int
    """How many match; `overrides` may hold fewer."""
    overrides: list[Override]


def call(
    access: Access, *, subject: About = None, since: Since = "7d", limit: Limit = 20
) -> Overrides:
    """Raises InputError: `since` is no time."""
    with access.store() as store:
        rows = store.table(CorrectionLog).list(since_ms(since, access.now_ms()), subject=subject)
    newest = rows[: -limit - 1 : -1]
    return Overrides(total=len(rows), overrides=[_override(row) for row in newest])


def _override(row: Correction) -> Override:
    return Override(
        at=iso(row.at_ms),
        task_id=row.task_id,
        task_name=quoted(row.title),
        subject=row.subject,
        decided=str(report.value(row.subject, row.decided)),
        chosen=str(report.value(row.subject, row.chosen)),
        by=quoted(row.user_name),
        why_decided=quoted(row.reason),
    )


TOOL = Tool(call)
