"""What the bot did and why: the newest runs, each an automation that an event triggered."""

from typing import Final

from clickup_mlops.bot.write import runs as log
from clickup_mlops.bot.write.runs import Shown
from clickup_mlops.ports.sections.cells import automation_link, short
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.store.tables.runs import RunFilter
from clickup_mlops.views.model import (
    Badge,
    Cell,
    Column,
    Link,
    Moment,
    Number,
    Section,
    Table,
    Tone,
)

SHOWN: Final = 25
_ACTIONS: Final = 3
"""Actions of a run that are named; the rest are counted."""
_COLUMNS: Final = (
    Column("Run", "end"),
    Column("When"),
    Column("Automation"),
    Column("Trigger"),
    Column("Task"),
    Column("Result"),
    Column("Times", "end"),
    Column("What"),
    Column("Problem"),
)
_TONES: Final[dict[str, Tone]] = {
    "done": "good",
    "partly failed": "bad",
    "failed": "bad",
    "refused": "bad",
    "capped": "warning",
    "shadow": "warning",
}


def _build(data: Data, query: Query) -> Section:
    entries = log.list_runs(data.store, RunFilter(automation=query.target), SHOWN)
    rows = tuple(map(_row, entries))
    table = Table("runs", "Newest runs", _COLUMNS, rows, "No run is recorded.")
    return Section("runs", "What the bot did", (table,), "The run log, newest first.")


def _row(entry: Shown) -> tuple[Cell, ...]:
    run = entry.run
    return (
        Number(run.id),
        Moment(run.at_ms),
        automation_link(run.automation),
        short(run.event_kind),
        _task(entry),
        Badge(run.result, _TONES.get(run.result, "plain")),
        Number(run.count),
        _summarize(entry),
        short(run.why) or None,
    )


def _task(entry: Shown) -> Cell:
    if not entry.run.task_id:
        return "Workspace"
    url = entry.task_url if entry.task_url.startswith("https://") else ""
    return Link(
        short(entry.task_name) or entry.run.task_id,
        url or f"https://app.clickup.com/t/{entry.run.task_id}",
    )


def _summarize(entry: Shown) -> str:
    texts = [short(action.text) for action in entry.run.actions[:_ACTIONS]]
    more = len(entry.run.actions) - len(texts)
    return short("; ".join([*texts, *([f"{more} more"] if more else [])]))


SECTION = SectionType("What the bot did", _build, 20)
