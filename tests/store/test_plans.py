"""Query plans: what happens for each event must not read a whole table, on either database."""

import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from psycopg import RawCursor
from sqlalchemy import ClauseElement, event
from sqlalchemy.engine import make_url

from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords, StagedRecord
from clickup_mlops.features.migration.tables.migration_steps import JournaledStep, MigrationSteps
from clickup_mlops.store import DONE, Filter, Override, Store, Write
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.prepared import Prepared, Result, Statement, Values
from clickup_mlops.store.journal_rows import ANY
from clickup_mlops.store.tables import complete_schema
from clickup_mlops.store.tables.history import FIVE_MINUTES, HOUR, RAW, Part, Series
from clickup_mlops.store.tables.timeline import Entry
from tests.empty import store_at
from tests.store.store_events import event as incoming

SMALL = {"lease", "cursor", "budget", "write_count", "audit_head"}
GROWN = complete_schema().tables.keys() - SMALL
"""Tables that grow with the number of events."""
WAITING = "ix_inbox_ready", "ix_inbox_parked"
"""Indexes of what waits."""
OPEN = "ix_mirror_open", "ix_mirror_item_type", "ix_mirror_serves"
"""Indexes of open tasks."""
EXPLAINED = "select", "insert", "update", "delete"


class Plans(Prepared):
    """Runs prepared statements, and keeps the plan of every statement, by its text."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.engine.dialect)
        self.plans: dict[str, list[str]] = {}
        self.values: dict[str, Any] = {}
        self._is_sqlite = database.is_sqlite
        event.listen(database.engine, "before_cursor_execute", self._before)

    def run(self, driver: Any, statement: ClauseElement, values: Values) -> Result:
        self._explain_prepared(driver, statement, values)
        return super().run(driver, statement, values)

    def run_all(
        self, driver: Any, statements: Sequence[Statement], **transaction: bool
    ) -> list[Result]:
        for statement in statements:
            self._explain_prepared(driver, *statement)
        return super().run_all(driver, statements, **transaction)

    def _explain_prepared(self, driver: Any, statement: ClauseElement, values: Values) -> None:
        text = self._known.get(statement) or self._write(statement, values)
        values = {**text.constants, **values}
        if self._is_sqlite:
            self._explain(driver.execute, text.sql, values)
        else:
            numbered = [values[name] for name in text.names]
            self._explain(RawCursor(driver).execute, text.sql, numbered)

    def _before(self, connection: Any, _cursor: Any, text: str, values: Any, *_: object) -> None:
        self._explain(connection.connection.driver_connection.execute, text, values)

    def _explain(self, execute: Callable[..., Any], text: str, values: Any) -> None:
        if not text.startswith(EXPLAINED) and not text.startswith(tuple(map(str.upper, EXPLAINED))):
            return
        self.values[text] = values
        if self._is_sqlite:
            rows = execute(f"explain query plan {text}", values).fetchall()
            self.plans[text] = [*_sqlite_scans(text, [row[3] for row in rows])]
            return
        # With the little that a test stores, PostgreSQL would rightly prefer to read all of it.
        execute("set enable_seqscan = off")
        ((statement_plans,),) = execute(f"explain (format json) {text}", values).fetchall()
        self.plans[text] = [*_scans(statement_plans[0]["Plan"])]

    def scans(self) -> dict[str, list[str]]:
        """The statements that read all of a table which grows, or all that waits, and how."""
        return {text: scans for text, scans in self.plans.items() if scans}


def _sqlite_scans(text: str, plan: list[str]) -> Iterator[str]:
    in_order = "LIMIT" in text and not any("TEMP B-TREE FOR ORDER BY" in line for line in plan)
    for line in plan:
        verb, table, *_ = [*line.split(), "", ""]
        if verb == "SCAN" and table in GROWN and not (in_order and "INDEX" in line):
            yield line
        if "(state=?)" in line:  # as good as nothing: every event that waits is ready
            yield line


def _scans(plan: Mapping[str, Any], in_order: bool = False) -> Iterator[str]:
    """The same in PostgreSQL's plan."""
    kind, table = plan["Node Type"], plan.get("Relation Name", "")
    in_order = (in_order or kind == "Limit") and "Sort" not in kind
    index = plan.get("Index Name", "")
    condition = plan.get("Index Cond", "")
    unlimited = not condition or condition == "(state = 'ready'::text)"
    if kind == "Seq Scan" and table in GROWN:
        yield f"SCAN {table}"
    if index and unlimited and not (in_order and table):
        yield f"SCAN {table} USING {index}"
    for latency_series in plan.get("Plans", ()):
        yield from _scans(latency_series, in_order)


def compiled_again(database: Database, statements: Mapping[str, Any]) -> Iterator[str]:
    """The statements that SQLite compiles anew each time they are executed."""
    compiling: list[int] = []

    def allow(action: int, *_: object) -> int:
        compiling.append(action)
        return sqlite3.SQLITE_OK

    with closing(database.engine.raw_connection()) as pooled:
        connection: Any = pooled.driver_connection
        connection.set_authorizer(allow)
        connection.execute("begin")
        for text, values in statements.items():
            for _ in range(2):
                compiling.clear()
                with suppress(sqlite3.IntegrityError):  # what it inserts is there
                    connection.execute(text, values).fetchall()
            if compiling:
                yield text
        pooled.invalidate()


@pytest.fixture
def plans(store_url: str) -> Iterator[tuple[Store, Plans]]:
    if store_url.startswith("sqlite"):
        store_at(Path(make_url(store_url).database or ""))
    database = Database(store_url, queue_limit=99, wait_s=9)
    with Store(database) as store:
        store.migrate()
        database.prepared = Plans(database)
        with Store(database) as watched:
            watched.inbox.put_many([incoming(f"o{n}", f"o{n}") for n in range(1_000)])
            yield watched, database.prepared


def test_no_statement_of_an_event_reads_a_whole_table(plans: tuple[Store, Plans]) -> None:
    """From its arrival over its lane, its task's state, its write and its echo to its end."""
    store, statement_plans = plans
    handle(store)
    assert statement_plans.scans() == {}
    assert len(statement_plans.plans) > 40


def test_no_statement_of_an_event_is_compiled_for_each_event(plans: tuple[Store, Plans]) -> None:
    """As SQLite does if the value of a parameter may decide whether an index can be used: one of
    a part of the rows, or one for LIKE.
    """
    store, statement_plans = plans
    if not store.database.is_sqlite:
        pytest.skip("PostgreSQL plans by itself")
    handle(store)
    assert len(statement_plans.values) > 40
    if sys.version_info < (3, 12) and sqlite3.sqlite_version_info >= (3, 47):
        pytest.skip("before Python 3.12, SQLite cannot be told to keep the plan of a LIMIT")
    assert [*compiled_again(store.database, statement_plans.values)] == []


def test_nothing_that_is_asked_often_reads_a_whole_table(plans: tuple[Store, Plans]) -> None:
    """Scrapes, the back-fill, the audit's lists and what an event caused. Some count what waits."""
    store, statement_plans = plans
    ask(store)
    history = {
        text: [scan for scan in scans if not any(name in scan for name in WAITING)]
        for text, scans in statement_plans.scans().items()
    }
    assert not any(history.values()), history
    assert len(statement_plans.plans) > 20


def test_no_statement_of_a_chart_reads_a_whole_table(plans: tuple[Store, Plans]) -> None:
    """What a pass of metrics, a roll-up and a page about a model ask."""
    store, statement_plans = plans
    draw(store)
    assert statement_plans.scans() == {}
    assert len(statement_plans.plans) > 12


def draw(store: Store) -> None:
    """Every store call about history, and what charts mark."""
    history, timeline = store.history, store.timeline
    latency_series = Series("900", "vllm", "latency_p99_ms", "", "t1", "P99 latency ms", "ms")
    history.put([(latency_series, 1_000, 1.0)])
    (stored_point,) = history.of_task("t1")
    history.shared("900", 500, 9)
    history.all(["900"], 500)
    history.tasks("900")
    history.first_ms(RAW, 500)
    history.rollup(FIVE_MINUTES, 0, FIVE_MINUTES)
    history.rollup(HOUR, 0, HOUR)
    history.points(stored_point.id, RAW, 0, HOUR)
    history.means(stored_point.id, [Part(HOUR, 0, HOUR), Part(RAW, HOUR, 2 * HOUR)], HOUR)
    timeline.put([Entry("k", "900", "t1", 1_000, "version", "v7")])
    assert timeline.marks("t1", 0, 2_000, 9)
    timeline.newest_of_kind("900", "advice", 0, 2_000, limit=9)


def test_no_statement_of_a_migration_reads_a_whole_table(plans: tuple[Store, Plans]) -> None:
    """What it asks for each item, update and file, and what ends it."""
    store, statement_plans = plans
    migrate(store)
    assert statement_plans.scans() == {}
    assert len(statement_plans.plans) > 10


def test_what_the_dashboard_asks_of_flow_reads_no_history(plans: tuple[Store, Plans]) -> None:
    """Only the time that is asked for; and what is open, from a small index."""
    store, statement_plans = plans
    flow(store)
    scans = {
        text: [scan for scan in scans if not any(name in scan for name in OPEN)]
        for text, scans in statement_plans.scans().items()
    }
    assert not any(scans.values()), scans
    assert len(statement_plans.plans) > 10


def flow(store: Store) -> None:
    """Every store call of the dashboard's page about flow."""
    flows = store.flows
    flows.created("900", 0, 9)
    flows.finished("900", 0, 9)
    flows.finished_in_lists("900", 0, 9, [0, 5])
    flows.finished_steps("900", 0, 9, 9)
    flows.finished_steps("900", 0, 9, 9, "inference")
    flows.under_way("900")
    flows.open_of("900", "training", 9)
    flows.open_milestones("900", 9)
    flows.closed_milestones("900", 9)
    flows.places(["t1"], ["t2"])
    flows.open_in_lists()
    flows.known_since_ms("900")
    store.timeline.of_task("t1", 0, 9)
    store.timeline.of_kind("900", "status", 0, 9)
    store.table(Incidents).between("900", 0, 9)
    store.table(Incidents).of_task("t1")


def migrate(store: Store) -> None:
    """Every store call that a migration makes."""
    records, steps = store.table(MigrationRecords), store.table(MigrationSteps)
    record = StagedRecord("item", "1", "b", 1, 1, "h", b"{}")
    records.put("move", [record])
    records.get("move", "item", "1")
    assert list(records.of("move", "item", "b")) == [record]
    records.fetched("move")
    records.count("move")
    step = JournaledStep("task:1", "task", "done", "t1")
    steps.put("move", [step])
    steps.get("move", "task:1")
    steps.states("move", ["task:1", "task:2"])
    steps.of_target("move", "t1")
    assert list(steps.of("move", "task", "done")) == [step]
    steps.newest_ms("move")
    steps.counts("move")
    assert (records.forget("move"), steps.forget("move")) == (1, 1)


def handle(store: Store) -> None:
    """Every store call that the bot makes while it handles an event."""
    store.inbox.put_many([incoming("1", "t1"), incoming("2", "t2"), incoming("3", "t3")])
    store.ready_lanes.names(2_000, 9)
    (row,) = store.inbox.claim("t1", "me", 2_000, 9_000, limit=9)
    store.waiting.in_list("55")
    store.waiting.newest()
    task = {"id": "t1", "list": {"id": "55"}, "date_updated": "1000"}
    store.mirror.put_many("900", [task], 2_000)
    store.mirror.get_many(["t1"])
    store.mirror.get_many(["t1", "t2"])
    store.mirror.open_and_urgent("55", besides="t1")
    store.task_memory.of("t1", 2_000)
    store.task_memory.around("t1", "55", "7", ["c1"], 2_000)
    store.mirror.children("t1", 9)
    store.waiting.latest("t1", 9)
    store.waiting.waits_until("t1")
    store.rotation_assignments.take("serving", "t1", [7, 8], 2_000)
    store.overrides.get("t1", 2_000)
    store.overrides.put_first(Override("t1", 1, 7, 1, 2, origin="existing"), 3)
    store.evaluations.get("t1", "change")
    store.evaluations.put("t1", "change", {"key": ["a"]}, 2_000)
    store.decisions.put("t1", {"priority": 1}, "1", 2_000)
    store.decisions.latest("t1")
    write = Write("t1", "priority", 2, 1, "1", "a", chain=(("0", "b"),))
    number = store.journal.begin_under(write, 9, 2_000, holder=("t1", "me"))
    assert number is not None
    store.journal.finish(number, DONE, 2_001, receipt="7")
    store.journal.unfinished("t1")
    store.journal.latest("t1", "priority")
    store.journal.latest_done("t1", "priority")
    store.journal.list(task_id="t1")
    store.journal.match_echo("t1", "priority", 1, 2_000)
    store.journal.match_echo("t1", "priority", ANY, 2_000)
    store.journal.match_receipt("priority", "7", 2_000)
    store.journal.has_receipt("7")
    store.journal.is_taken("priority", "7")
    store.journal.wrote_at("t1", 2_000)
    store.inbox.finish("t1", "me", [row.id], 2_000, 9_000, limit=9)
    (other,) = store.inbox.claim("t2", "me", 2_000, 9_000, limit=9)
    store.inbox.retry(other.id, "later", 3_000)
    store.inbox.postpone("t2", "me", 4_000)
    store.inbox.park(other.id, "never")
    store.inbox.replay(other.id, 5_000)
    store.inbox.get(other.id)
    store.inbox.by_key("2")


def ask(store: Store) -> None:
    """What jobs, scrapes and people ask again and again."""
    handle(store)
    statement_plans = store.database.prepared
    assert isinstance(statement_plans, Plans)
    statement_plans.plans.clear()
    for state in ("ready", "parked"):
        store.inbox.list(state, 9)
    store.waiting.newest_ms(["t1", "t2"])
    store.waiting.next_due_ms()
    store.stats.backlog(2_000)
    store.stats.standstill(2_000, "job:")
    store.mirror.newest(9)
    store.mirror.unseen(9_000, 9)
    store.mirror.read_since(9_000)
    store.mirror.all_open("55")
    store.audit.newest("t1", "priority")
    store.audit.caused_by("1")
    store.audit.caused_by("schedule:a:1")
    store.audit.head()
    asked = {
        "task_id": "t1",
        "automation": "a",
        "run": "r",
        "kind": "priority",
        "outcome": "failed",
    }
    for name, value in asked.items():
        store.audit.list(Filter(**{name: value}), 9)
