"""Pages as values, of a real bot beside the sandbox, after real events."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.dashboard.build import sections
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.ports.sections.history import open_data
from clickup_mlops.ports.sections.model import DAY_MS, Query
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.series.history import StoreHistory
from clickup_mlops.store.access import EVERYTHING
from clickup_mlops.views.model import Cell, Figures, Section, Table
from tests.flows.conftest import LIST, Team, settings_for, working
from tests.ports import BoundPort

ON = ("training_deferred", "live_incident", "slo_breach")


class Seen:
    """The sections of one page, by key."""

    def __init__(self, page_sections: list[Section]) -> None:
        self.sections = {section.key: section for section in page_sections}

    def table(self, section: str, table: str) -> Table:
        return next(
            section_table
            for section_table in self.sections[section].tables()
            if section_table.key == table
        )

    def rows(self, section: str, table: str) -> list[dict[str, Cell]]:
        """Cells by the title of their column."""
        result = self.table(section, table)
        titles = [column.title for column in result.columns]
        return [dict(zip(titles, row, strict=True)) for row in result.rows]

    def figure(self, section: str, label: str) -> Any:
        blocks = self.sections[section].blocks
        items = [item for block in blocks if isinstance(block, Figures) for item in block.items]
        return next(item.cell for item in items if item.label == label)


def look(team: Team, page: str, **query: Any) -> Seen:
    """What the page shows now."""
    bot, now = team.bot, team.bot.now_ms()
    history = StoreHistory(
        bot.store, bot.workspace_id, now, raw_ms=2 * DAY_MS, five_minutes_ms=30 * DAY_MS
    )
    page_query = Query.of_page(now, **query)
    data = replace(open_data(bot, EVERYTHING, now), history=history)
    return Seen([*sections(all_pages()[page], data, page_query)])


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[Team]:
    """With an SLO's fields, a status for runs, a tool that reports and one that never did."""
    control, port = clickup_sandbox.control, BoundPort()
    for name in ("P99 latency ms", "SLO latency ms"):
        control.create_field(name, "number")
    kinds = {"to do": "open", "running": "custom", "complete": "closed"}
    control.set_statuses(
        LIST, [{"status": name, "type": kind, "color": "#87909e"} for name, kind in kinds.items()]
    )
    tool = {"token": "t", "type": "type", "key": "key"}
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        automations={"by_name": {name: {"mode": "on"} for name in ON}},
        integrations={"deploy": tool | {"silent_after": "PT10M"}, "quiet": tool, "other": tool},
    )
    clock = control.clock
    how: dict[str, Any] = {
        "clock": clock.now_ms,
        "sleep": lambda seconds: clock.advance(int(seconds * 1000)),
    }
    with ExitStack() as running:
        team = running.enter_context(working(clickup_sandbox, settings, port, **how))
        team.bot.sources.hooks.register()
        team.bot.sources.backfill.run()
        yield team
