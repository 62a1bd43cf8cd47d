"""Build a report as Markdown: of a day, week or month, a milestone or an incident.

Use it to answer "how was last week?" or "what happened in this incident?". `period` is
`2026-11-27`, `2026-W48` or `2026-11`, or the id of the task of a milestone or incident; empty: the
newest period that is over. Reads what the bot has recorded, and makes no call to ClickUp.
"""

from typing import Annotated, Final

from pydantic import Field

from clickup_mlops.features.reports.operations import building
from clickup_mlops.features.reports.render.markdown import render
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import Answer, Quoted, Tool, quoted
from clickup_mlops.ports.sections.model import Every

MOST: Final = 40_000
"""Characters of an answer."""
Kind = Annotated[Every, Field(description="Of which kind of period, or of what.")]
PeriodName = Annotated[str, Field(max_length=80, description="Its name; empty: the newest.")]
Zone = Annotated[str, Field(max_length=60, description="Time zone, such as `Europe/Madrid`.")]


class BuiltReport(Answer):
    """A report."""

    title: Quoted
    markdown: Quoted
    """Names and texts in it are what people and tools wrote."""


def call(
    access: Access, kind: Kind = "weekly", *, period: PeriodName = "", zone: Zone = "UTC"
) -> BuiltReport:
    """Raises InputError: there is no such period, milestone or incident."""
    request = building.ReportRequest(kind, period, zone)
    with access.data() as data:
        report = building.build(
            data.store, data.workspace, request, access.now_ms(), settings=access.settings
        )
    return BuiltReport(title=quoted(report.title), markdown=quoted(render(report), MOST))


TOOL = Tool(call)
