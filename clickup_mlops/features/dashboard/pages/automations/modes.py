"""Each automation: whether it is live or in shadow mode, what it came to, and its cap."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from clickup_mlops.automations.model import Automation
from clickup_mlops.features.dashboard.modes import bot_mode, mode_of
from clickup_mlops.ports.sections.cells import automation_link
from clickup_mlops.ports.sections.model import DAY_MS, Data, Query, SectionType
from clickup_mlops.store.tables.runs import FAILED, RunCount
from clickup_mlops.views.model import (
    Cell,
    Column,
    Figure,
    Figures,
    Moment,
    Number,
    Section,
    Table,
    Tone,
)

NEAR_CAP: Final = 0.8
"""More than this share of the cap is worth a warning."""
_COLUMNS: Final = (
    Column("Automation"),
    Column("Mode"),
    Column("Done", "end"),
    Column("Shadow", "end"),
    Column("Failed", "end"),
    Column("Capped", "end"),
    Column("Writes", "end"),
    Column("Cap", "end"),
    Column("Last run"),
)
_DAY: Final = "runs in the last 24 h"


def _build(data: Data, query: Query) -> Section:
    counts: dict[str, list[RunCount]] = defaultdict(list)
    for one in data.store.runs.counts(query.now_ms - DAY_MS):
        counts[one.automation].append(one)
    writes, mode = data.store.write_counts.last_hour(query.now_ms), data.settings.automations.mode
    known = data.bot.context.in_spaces
    shown = [one for one in known if not one.is_off or one.name in counts]
    rows = tuple(_row(one, mode, counts.get(one.name, []), writes) for one in shown)
    table = Table("automations", "Automations, last 24 h", _COLUMNS, rows, "All are off.")
    figures = _figures(mode, [each for some in counts.values() for each in some], known)
    source = "The run log of the last 24 h; writes begun in the last 60 minutes."
    return Section("modes", "Live and shadow", (figures, table), source)


def _figures(mode: str, counts: Iterable[RunCount], known: Iterable[Automation]) -> Figures:
    found = [*counts]
    failed = _sum(found, FAILED)
    off = sum(one.is_off for one in known)
    return Figures(
        (
            Figure("Bot", bot_mode(mode), "automations.mode"),
            Figure("Done", Number(_sum(found, ("done", "partly failed"))), _DAY),
            Figure("Shadow", Number(_sum(found, ("shadow",))), f"{_DAY}; nothing was written"),
            Figure("Failed", Number(failed, tone="bad" if failed else "plain"), _DAY),
            Figure("Off", Number(off), "automations, now"),
        )
    )


def _sum(found: Iterable[RunCount], results: Iterable[str]) -> int:
    return sum(one.count for one in found if one.result in results)


def _row(
    one: Automation, mode: str, counts: list[RunCount], writes: Mapping[str, int]
) -> tuple[Cell, ...]:
    failed, made = _sum(counts, FAILED), writes.get(one.name, 0)
    near: Tone = "warning" if made > NEAR_CAP * one.cap else "plain"
    return (
        automation_link(one.name),
        mode_of(one, mode),
        Number(_sum(counts, ("done", "partly failed"))),
        Number(_sum(counts, ("shadow",))),
        Number(failed, tone="bad" if failed else "plain"),
        Number(_sum(counts, ("capped",))),
        Number(made, "in 1 h", tone=near),
        Number(one.cap, "/h"),
        Moment(max((each.last_ms for each in counts), default=None)),
    )


SECTION = SectionType("Live and shadow", _build, 10, targeted=False)
