"""What the pages ask the store, on both databases: few statements, and none reads history."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.corrections.tables.corrections import Correction, CorrectionLog
from clickup_mlops.features.dashboard.build import sections
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.ports.sections.history import open_data
from clickup_mlops.ports.sections.model import Query
from clickup_mlops.routing.decision import Decision
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.series.history import StoreHistory
from clickup_mlops.store import Incoming, Store, Write
from clickup_mlops.store.access import EVERYTHING
from clickup_mlops.store.tables.mutes import Mute
from clickup_mlops.store.tables.notes import LATCH, WAITS
from clickup_mlops.store.tables.runs import AutomationRun, RunAction
from tests.flows.conftest import build, settings_for
from tests.store.conftest import postgresql_url, sqlite_url, store_url
from tests.store.test_plans import Plans

__all__ = ["postgresql_url", "sqlite_url", "store_url"]

MOST = 7
"""Statements of a section."""
OPEN = (
    "ix_mirror_open",  # open tasks, narrow columns
    "ix_inbox_ready",  # what waits
    "ix_inbox_parked",
    "SCAN space_policy",  # one row for each template of a Space
    "pk_space_policy",
    "pk_write_count",  # 64 rows for each automation
    "automation_choice",  # one row for each automation that was set on the dashboard
)
"""What may be read as a whole: it does not grow with time."""
NEWEST = "FROM audit ORDER BY audit.seq DESC"
"""Ends at its limit: SQLite follows the numbers of the rows backwards."""


class Counting(Plans):
    """Counts statements, prepared or not."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.database)
        self.count = 0
        event.listen(store.database.engine, "before_cursor_execute", self._counted)

    def run(self, driver: Any, statement: Any, values: Any) -> Any:
        self.count += str(statement) != "select 1"  # PostgreSQL is asked whether it is there
        return super().run(driver, statement, values)

    def _counted(self, *_: object) -> None:
        self.count += 1


@pytest.fixture
def bot(clickup_sandbox: Sandbox, tmp_path: Path, store_url: str) -> Iterator[Bot]:
    settings = settings_for(clickup_sandbox, tmp_path, 1, store={"url": store_url})
    with build(settings, clock=clickup_sandbox.control.clock.now_ms) as bot:
        assert bot.workspace_id
        yield bot


def fill(bot: Bot, start: int, end: int) -> None:
    """Something of everything that pages show, for these tasks."""
    store, now, workspace = bot.store, bot.now_ms(), bot.workspace_id
    for number in range(start, end):
        task, workload = f"t{number}", "inference" if number % 2 else "training"
        raw = {
            "id": task,
            "name": task,
            "date_created": f"{now - number}",
            "date_updated": f"{now}",
            "status": {"status": "open", "type": "open"},
        }
        store.mirror.put_many(workspace, [raw], now)
        for _ in range(3):
            decision = Decision(task, 3, None, workload, "normal", "x", ("Because.",))  # type: ignore[arg-type]
            store.decisions.put(task, decision.to_dict(), "k", now)
        change = Write(task, "priority", None, 3, f"k{number}", "inference_first")
        store.journal.finish(store.journal.begin(change, now), "done", now)
        store.overrides.put(task, 1, 7, now, now + 9_000 + number)
        store.mutes.put(Mute(task, "inference_first", now + 9_000 + number))
        store.table(CorrectionLog).put(
            Correction(task, "priority", now, now, task, 3, 1, "x", "Ana")
        )
        store.table(Incidents).put(Incident(f"i{number}", workspace, task, task, now - 1, None))
        store.table(Incidents).put(Incident(f"o{number}", workspace, task, task, now - 9, now - 1))
        store.notes.put(WAITS, task, {"for": ["t1"], "as": "other"}, now)
        store.notes.put(LATCH, f"training_deferred:{task}", True, now)
        action = RunAction("route", task, "x", "done")
        store.runs.put(
            AutomationRun("inference_first", task, f"k{number}", "x", now, "done", (action,))
        )
        event_ = Incoming(f"k{number}", "hook:x", workspace, "x", task, None, b"{}", now, now)
        store.inbox.put(event_)
        (row,) = store.inbox.claim(task, "me", now, now + 9_000, limit=9)
        if number % 4:
            store.inbox.finish(task, "me", [row.id], now, now + 9_000, limit=9)
        else:
            store.inbox.park(row.id, "never")
    store.flush()


def count_statements(bot: Bot, page: str, counting: Counting, **query: Any) -> dict[str, int]:
    """How many statements each section of the page takes; two that read the same read it once."""
    now, counts = bot.now_ms(), {}
    history = StoreHistory(bot.store, bot.workspace_id, now, raw_ms=1, five_minutes_ms=1)
    data = replace(open_data(bot, EVERYTHING, bot.now_ms()), history=history)
    expected = Query.of_page(now, may=frozenset({"undo", "replay"}), **query)
    for key in all_pages()[page].sections:
        before = counting.count
        if [*sections(all_pages()[page], data, expected, key)]:
            counts[key] = counting.count - before
    assert counts
    return counts


@pytest.mark.parametrize("page", ["now", "automations"])
def test_a_page_asks_the_same_however_much_there_is(bot: Bot, page: str) -> None:
    """As many statements for 4 tasks as for 60, and few of each section."""
    fill(bot, 0, 4)
    counting = Counting(bot.store)
    bot.store.database.prepared = counting
    count_statements(bot, page, counting)  # what is asked once for the life of the bot
    few = count_statements(bot, page, counting)
    fill(bot, 4, 60)
    many = count_statements(bot, page, counting)

    assert few == many
    assert {key: count for key, count in many.items() if count > MOST} == {}


@pytest.mark.parametrize("page", ["now", "automations"])
@pytest.mark.parametrize("target", ["", "inference_first"])
def test_no_page_reads_what_is_over(bot: Bot, page: str, target: str) -> None:
    """Only what is open, waits or is newest."""
    fill(bot, 0, 40)
    counting = Counting(bot.store)
    bot.store.database.prepared = counting
    count_statements(bot, page, counting, target=target)

    history = {
        text: remaining_scans
        for text, scans in counting.scans().items()
        if NEWEST not in " ".join(text.split())
        and (remaining_scans := [scan for scan in scans if not any(name in scan for name in OPEN)])
    }
    assert history == {}
