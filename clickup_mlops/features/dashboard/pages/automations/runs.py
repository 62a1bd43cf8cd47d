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
    found = log.list_runs(data.store, RunFilter(automation=query.target), SHOWN)
    rows = tuple(map(_row, found))
    table = Table("runs", "Newest runs", _COLUMNS, rows, "No run is recorded.")
    return Section("runs", "What the bot did", (table,), "The run log, newest first.")


def _row(one: Shown) -> tuple[Cell, ...]:
    run = one.run
    return (
        Number(run.id),
        Moment(run.at_ms),
        automation_link(run.automation),
        short(run.event_kind),
        _task(one),
        Badge(run.result, _TONES.get(run.result, "plain")),
        Number(run.count),
        _what(one),
        short(run.why) or None,
    )


def _task(one: Shown) -> Cell:
    if not one.run.task_id:
        return "Workspace"
    url = one.task_url if one.task_url.startswith("https://") else ""
    return Link(
        short(one.task_name) or one.run.task_id,
        url or f"https://app.clickup.com/t/{one.run.task_id}",
    )


def _what(one: Shown) -> str:
    texts = [short(action.text) for action in one.run.actions[:_ACTIONS]]
    more = len(one.run.actions) - len(texts)
    return short("; ".join([*texts, *([f"{more} more"] if more else [])]))


SECTION = SectionType("What the bot did", _build, 20)
