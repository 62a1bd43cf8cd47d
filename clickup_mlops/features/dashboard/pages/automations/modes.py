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
    for run_count in data.store.runs.counts(query.now_ms - DAY_MS):
        counts[run_count.automation].append(run_count)
    writes, mode = data.store.write_counts.last_hour(query.now_ms), data.settings.automations.mode
    automations = data.bot.in_spaces
    visible = [
        automation
        for automation in automations
        if not automation.is_off or automation.name in counts
    ]
    rows = tuple(
        _row(automation, mode, counts.get(automation.name, []), writes) for automation in visible
    )
    table = Table("automations", "Automations, last 24 h", _COLUMNS, rows, "All are off.")
    figures = _figures(mode, [count for group in counts.values() for count in group], automations)
    source = "The run log of the last 24 h; writes begun in the last 60 minutes."
    return Section("modes", "Live and shadow", (figures, table), source)


def _figures(mode: str, counts: Iterable[RunCount], automations: Iterable[Automation]) -> Figures:
    run_counts = [*counts]
    failed = _sum(run_counts, FAILED)
    off = sum(automation.is_off for automation in automations)
    return Figures(
        (
            Figure("Bot", bot_mode(mode), "automations.mode"),
            Figure("Done", Number(_sum(run_counts, ("done", "partly failed"))), _DAY),
            Figure("Shadow", Number(_sum(run_counts, ("shadow",))), f"{_DAY}; nothing was written"),
            Figure("Failed", Number(failed, tone="bad" if failed else "plain"), _DAY),
            Figure("Off", Number(off), "automations, now"),
        )
    )


def _sum(run_counts: Iterable[RunCount], results: Iterable[str]) -> int:
    return sum(run_count.count for run_count in run_counts if run_count.result in results)


def _row(
    automation: Automation, mode: str, counts: list[RunCount], writes: Mapping[str, int]
) -> tuple[Cell, ...]:
    failed, write_count = _sum(counts, FAILED), writes.get(automation.name, 0)
    near: Tone = "warning" if write_count > NEAR_CAP * automation.cap else "plain"
    return (
        automation_link(automation.name),
        mode_of(automation, mode),
        Number(_sum(counts, ("done", "partly failed"))),
        Number(_sum(counts, ("shadow",))),
        Number(failed, tone="bad" if failed else "plain"),
        Number(_sum(counts, ("capped",))),
        Number(write_count, "in 1 h", tone=near),
        Number(automation.cap, "/h"),
        Moment(max((run_count.last_ms for run_count in counts), default=None)),
    )


SECTION = SectionType("Live and shadow", _build, 10, targeted=False)
