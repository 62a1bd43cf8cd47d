"""Where the bot is live: how many of its priorities people left as they are."""

from typing import Final

from clickup_mlops.features.shadow import operations
from clickup_mlops.features.shadow.live_agreement import measure_live
from clickup_mlops.features.shadow.settings import ShadowSettings
from clickup_mlops.ports.sections.cells import short
from clickup_mlops.ports.sections.model import DAY_MS, Data, Query, SectionType
from clickup_mlops.views.model import Column, Number, Section, Table

DAYS: Final = 30
_COLUMNS: Final = (
    Column("List"),
    Column("Priorities written", "end"),
    Column("Left as they are", "end"),
    Column("Share", "end"),
)


def _build(data: Data, query: Query) -> Section | None:
    settings, mode = data.settings.table(ShadowSettings), data.settings.automations.mode
    list_ids = filter(data.access.sees, data.bot.list_ids(settings.lists))
    states = operations.list_states(data.store, list_ids, settings, mode)
    shares = measure_live(data.store, query.now_ms - DAYS * DAY_MS)
    rows = tuple(
        (
            short(state.name),
            Number(share.answers),
            Number(share.agreed),
            Number(100 * share.share, "%"),
        )
        for state in states
        if state.is_live and (share := shares.get(state.list_id)) is not None
    )
    if not rows:
        return None
    table = Table("live", f"Last {DAYS} days", _COLUMNS, rows)
    source = "Priorities that the bot wrote, by the audit, and those that people changed since."
    return Section("live", "Agreement where the bot is live", (table,), source)


SECTION = SectionType("Agreement where the bot is live", _build, 25)
