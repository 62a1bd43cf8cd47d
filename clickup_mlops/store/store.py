"""`Store`: what the rest of the bot is given."""

import pkgutil
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from sqlalchemy import Engine

from clickup_mlops.errors import ConfigError
from clickup_mlops.store.audit.chain import Keyring
from clickup_mlops.store.audit.log import Audit
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.missing_database import must_be_there
from clickup_mlops.store.tables import complete_schema, find_table, find_tables
from clickup_mlops.store.task_creators import TaskCreator

if TYPE_CHECKING:
    from clickup_mlops.store.access import Access
    from clickup_mlops.store.database.restricted import RestrictedCache
    from clickup_mlops.store.queries.flow import Flows
    from clickup_mlops.store.queries.lanes import Lanes
    from clickup_mlops.store.queries.periods import Periods
    from clickup_mlops.store.queries.ready_lanes import ReadyLanes
    from clickup_mlops.store.queries.stats import Stats
    from clickup_mlops.store.queries.task_memory import TaskMemories
    from clickup_mlops.store.queries.task_writes import TaskWrites
    from clickup_mlops.store.queries.waiting import Waiting
    from clickup_mlops.store.queries.workload_estimates import WorkloadEstimates
    from clickup_mlops.store.retention import Retention
    from clickup_mlops.store.tables.budget import BudgetLedger
    from clickup_mlops.store.tables.cursors import Cursors
    from clickup_mlops.store.tables.decisions import Decisions
    from clickup_mlops.store.tables.evaluations import Evaluations
    from clickup_mlops.store.tables.history import History
    from clickup_mlops.store.tables.inbox import Inbox
    from clickup_mlops.store.tables.journal import Journal
    from clickup_mlops.store.tables.leases import Leases
    from clickup_mlops.store.tables.metric_values import MetricValues
    from clickup_mlops.store.tables.mirror import Mirror
    from clickup_mlops.store.tables.mutes import Mutes
    from clickup_mlops.store.tables.notes import Notes
    from clickup_mlops.store.tables.overrides import Overrides
    from clickup_mlops.store.tables.rotation_assignments import RotationAssignments
    from clickup_mlops.store.tables.runs import AutomationRuns
    from clickup_mlops.store.tables.space_policies import SpacePolicies
    from clickup_mlops.store.tables.timeline import Timeline
    from clickup_mlops.store.tables.write_counts import WriteCounts

_WRITE_EVERY_MS: Final = 10_000
_MOST_READERS: Final = 32
"""Readers whose stores are kept ready."""
_QUERIES_FOLDER: Final = "clickup_mlops.store.queries"
_QUERIES: Final = {
    "flows": "flow:Flows",
    "lanes": "lanes:Lanes",
    "periods": "periods:Periods",
    "ready_lanes": "ready_lanes:ReadyLanes",
    "stats": "stats:Stats",
    "task_memory": "task_memory:TaskMemories",
    "task_writes": "task_writes:TaskWrites",
    "waiting": "waiting:Waiting",
    "workload_estimates": "workload_estimates:WorkloadEstimates",
}
"""Where the members are that read several tables."""
Repository = TypeVar("Repository")


class Store:
    """What must be remembered, on SQLite or PostgreSQL. Opens no connection until it is used.

    `queue_limit` bounds the writes that may wait; `wait_s` is the longest that one of them waits
    (ClickUp gives up on a delivery after 7 s). `keys` sign the audit. A database that is open
    already may stand in place of the URL.

    Every module in `tables/` gives a member of its name, imported and built when it is first asked
    for; here they are declared for type checkers. `table` gives those of the features.

    Raises:
        ConfigError: the URL cannot be used, or its driver is not installed.
    """

    budget: "BudgetLedger"
    cursors: "Cursors"
    decisions: "Decisions"
    evaluations: "Evaluations"
    history: "History"
    inbox: "Inbox"
    journal: "Journal"
    leases: "Leases"
    metric_values: "MetricValues"
    mirror: "Mirror"
    mutes: "Mutes"
    notes: "Notes"
    overrides: "Overrides"
    runs: "AutomationRuns"
    space_policies: "SpacePolicies"
    timeline: "Timeline"
    rotation_assignments: "RotationAssignments"
    write_counts: "WriteCounts"

    flows: "Flows"
    lanes: "Lanes"
    periods: "Periods"
    ready_lanes: "ReadyLanes"
    stats: "Stats"
    task_memory: "TaskMemories"
    task_writes: "TaskWrites"
    waiting: "Waiting"
    workload_estimates: "WorkloadEstimates"

    def __init__(
        self,
        url: str | Database,
        *,
        queue_limit: int = 1_024,
        wait_s: float = 5.0,
        keys: Keyring | None = None,
    ) -> None:
        self.database = (
            Database(url, queue_limit=queue_limit, wait_s=wait_s) if isinstance(url, str) else url
        )
        self._written_ms = 0
        self._reader_connections: RestrictedCache | None = None
        self._as_seen: OrderedDict[Access, Store] = OrderedDict()
        self._seeing = threading.Lock()
        self.audit = Audit(self.database, keys or Keyring())

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # Two threads may build the same: all get the one that is kept.
            return self.__dict__.setdefault(name, self._build(name))

    def _build(self, name: str) -> object:
        if name in _QUERIES:
            return pkgutil.resolve_name(f"{_QUERIES_FOLDER}.{_QUERIES[name]}")(self.database)
        table = None if name.startswith("_") else find_table(name)
        if table is None:
            raise AttributeError(f"the store has no table {name}")
        return table.repository(self.database, self.audit)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        queue_limit: int = 1_024,
        wait_s: float = 5.0,
        keys: Keyring | None = None,
    ) -> Self:
        """The store with its tables brought up to date.

        Raises:
            ConfigError: it cannot be opened or written; says why and what to try.
        """
        store = cls(url, queue_limit=queue_limit, wait_s=wait_s, keys=keys)
        store.migrate()
        return store

    @classmethod
    def existing(cls, url: str, *, keys: Keyring | None = None, older: bool = False) -> Self:
        """The store as it is: only `serve` migrates, since an older bot may be running on it.

        `older`: its tables may be older, for what only copies them.

        Raises:
            NoStore: there is none yet.
            ConfigError: its tables are older or newer, or it cannot be read.
        """
        must_be_there(url)
        store = cls(url, keys=keys)
        try:
            if not (older and store.is_outdated()):
                store.must_be_current()
        except BaseException:
            store.close()
            raise
        return store

    def table(self, repository: type[Repository]) -> Repository:
        """The table of a feature, by the type of its repository.

        Raises:
            ConfigError: no module of this installation defines that table.
        """
        table = getattr(self, repository.__module__.rpartition(".")[2], None)
        if isinstance(table, repository):
            return table
        raise ConfigError(
            f"The store has no table {repository.__name__}",
            hint="Is the feature that owns it installed?",
        )

    def seen_with(self, access: "Access") -> "Store":
        """The store as this reader sees it, who cannot write; itself for one who sees everything.
        It is closed with this one. What this thread has deferred is not in it.
        """
        if access.is_whole:
            return self
        with self._seeing:
            if access not in self._as_seen:
                self._as_seen[access] = self._restricted(access)
            self._as_seen.move_to_end(access)
            if len(self._as_seen) > _MOST_READERS:
                self._as_seen.popitem(last=False)
            return self._as_seen[access]

    def _restricted(self, access: "Access") -> "Store":
        # Most commands need neither.
        from clickup_mlops.store.database.restricted import RestrictedCache, RestrictedDatabase

        if self._reader_connections is None:
            complete_schema()  # a table that was not imported would have no view before it
            self._reader_connections = RestrictedCache(self.database)
        store = Store(RestrictedDatabase(self.database, self._reader_connections, access))
        store.mirror.serves = self.mirror.serves
        return store

    @property
    def task_creators(self) -> tuple[TaskCreator, ...]:
        """Tables that say which tasks the bot created."""
        repositories = (getattr(self, name) for name in find_tables())
        return tuple(table for table in repositories if isinstance(table, TaskCreator))

    @property
    def retention(self) -> "Retention":
        """What is kept for how long."""
        from clickup_mlops.store.retention import Retention

        return Retention(self.database, self.audit)

    def after_restore(self) -> None:
        """Notify the tables that their rows were restored from a backup."""
        for name, table in find_tables().items():
            table.after_restore(getattr(self, name))

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine. `engine.begin()` takes SQLite's write lock."""
        return self.database.engine

    def migrate(self) -> None:
        """Creates or updates the tables. Safe when several processes do it at once.

        Raises:
            ConfigError: the database cannot be opened or written, or its tables cannot be upgraded.
        """
        from clickup_mlops.store.migrations import upgrade

        upgrade(self.database)

    def revision(self) -> str | None:
        """The revision that the tables are at; None: there are none yet. Raises ConfigError."""
        from clickup_mlops.store.migrations import current

        return current(self.database)

    def is_outdated(self) -> bool:
        """Whether there are tables, of an older version. Raises ConfigError."""
        from clickup_mlops.store.migrations import head

        return self.revision() not in (None, head())

    def must_be_in_place(self) -> None:
        """As `Database.must_be_in_place`."""
        self.database.must_be_in_place()

    def must_be_writable(self, now_ms: int) -> None:
        """Nothing, if a write succeeds now, or did within the last ten seconds.

        Raises:
            StoreUnavailable: it is full, read-only or away.
        """
        # Only a write finds that out. But monitoring asks every second, as may anybody who reaches
        # the page.
        if 0 <= now_ms - self._written_ms < _WRITE_EVERY_MS:
            return
        self._written_ms = 0
        self.cursors.set("readyz", str(now_ms))
        self._written_ms = now_ms

    def must_be_current(self) -> None:
        """Nothing, if the tables are at the revision that this version wants.

        Raises:
            NoStore: there are none yet.
            ConfigError: they are older or newer, or cannot be read.
        """
        from clickup_mlops.store.migrations import must_be_current

        must_be_current(self.database)

    def flush(self) -> None:
        """Writes everything that this thread has deferred to its next write (`wait=False`)."""
        self.database.flush()

    def close(self) -> None:
        """Writes what is queued and closes every connection."""
        self.database.close()
        if self._reader_connections is not None:
            self._reader_connections.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
