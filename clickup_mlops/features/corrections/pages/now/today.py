"""Today: priorities that the bot set, how many are Urgent, and what people corrected."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from clickup_mlops.features.corrections.tables.corrections import CorrectionLog
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.store.audit.log import Filter
from clickup_mlops.store.journal_rows import DONE
from clickup_mlops.views.model import Figure, Figures, Number, Section

MOST: Final = 5_000
"""Writes of a day that are counted; the newest."""
_URGENT: Final = 1


def _build(data: Data, query: Query) -> Section:
    start_ms = _midnight_ms(query)
    chosen = Filter(kind="priority", outcome=DONE, since_ms=start_ms)
    writes = [entry for entry in data.store.audit.list(chosen, MOST) if entry.automation]
    urgent = sum(entry.after == _URGENT for entry in writes)
    corrected = data.store.table(CorrectionLog).list(start_ms, query.now_ms + 1)
    more = f" at least: only the newest {MOST:,} are counted" if len(writes) == MOST else ""
    figures = (
        Figure("Priorities set", Number(len(writes)), f"by the bot since midnight{more}"),
        Figure("Urgent", Number(urgent), "of these"),
        Figure("Corrected", Number(len(corrected)), "decisions that people changed since midnight"),
    )
    return Section("today", "Today", (Figures(figures),), f"The audit; midnight in {query.zone}.")


def _midnight_ms(query: Query) -> int:
    now = datetime.fromtimestamp(query.now_ms / 1000, ZoneInfo(query.zone))
    return int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


SECTION = SectionType("Today", _build, 30)
