"""How often people agree with the bot, by week; and what they changed where it is live."""

from typing import Final

from clickup_mlops.features.shadow.agreement import by_week
from clickup_mlops.features.shadow.tables.answers import Answers
from clickup_mlops.ports.sections.model import DAY_MS, Data, Query, SectionType
from clickup_mlops.views.model import Column, Number, Section, Table

WEEKS: Final = 12
_COLUMNS: Final = (
    Column("Week of"),
    Column("Agreed", "end"),
    Column("Answers", "end"),
    Column("Share", "end"),
)


def _build(data: Data, query: Query) -> Section | None:
    since_ms = query.now_ms - WEEKS * 7 * DAY_MS
    weeks = by_week(
        answer
        for answer in data.store.table(Answers).since(since_ms)
        if answer.at_ms < query.now_ms
    )
    if not weeks:
        return None
    rows = tuple(
        (week, Number(share.agreed), Number(share.answers), Number(100 * share.share, "%"))
        for week, share in weeks.items()
    )
    table = Table("weeks", "Agreement by week", _COLUMNS, rows, "Nobody has answered yet.")
    source = "Answers to proposals, and priorities that people gave tasks meanwhile."
    return Section("agreement", "Agreement", (table,), source)


SECTION = SectionType("Agreement", _build, 30, pages=("proposals",), reports=("weekly", "monthly"))
