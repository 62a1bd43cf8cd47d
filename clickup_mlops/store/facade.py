"""`Store`: the one object that the rest of the bot is given."""

from typing import Self

from sqlalchemy import Engine

from clickup_mlops.store.audit import Audit
from clickup_mlops.store.chain import Keyring
from clickup_mlops.store.corrections import CorrectionLog
from clickup_mlops.store.database import Database
from clickup_mlops.store.evaluated import Evaluated
from clickup_mlops.store.inbox import Inbox
from clickup_mlops.store.journal import Journal
from clickup_mlops.store.leases import Leases
from clickup_mlops.store.memory import Cursors, Decisions, Overrides
from clickup_mlops.store.mirror import Mirror
from clickup_mlops.store.mutes import Mutes
from clickup_mlops.store.notes import Notes
from clickup_mlops.store.provisions import Provisions
from clickup_mlops.store.recordings import Recordings
from clickup_mlops.store.retention import Retention
from clickup_mlops.store.runs import AutomationRuns
from clickup_mlops.store.space_policies import SpacePolicies
from clickup_mlops.store.stats import Stats
from clickup_mlops.store.waiting import Waiting


class Store:
    """What must be remembered, on SQLite or PostgreSQL. Opens no connection until it is used.

    `queue_limit` bounds the writes that may wait; `wait_s` is the longest that one of them waits
    (ClickUp gives up on a delivery after 7 s). `keys` sign the audit. A database that is open
    already may stand in place of the URL.

    Raises:
        ConfigError: the URL cannot be used, or its driver is not installed.
    """

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
        self.inbox = Inbox(self.database)
        self.mirror = Mirror(self.database)
        self.audit = Audit(self.database, keys or Keyring())
        self.journal = Journal(self.database, self.audit)
        self.decisions = Decisions(self.database)
        self.overrides = Overrides(self.database)
        self.corrections = CorrectionLog(self.database)
        self.mutes = Mutes(self.database)
        self.recordings = Recordings(self.database)
        self.cursors = Cursors(self.database)
        self.leases = Leases(self.database)
        self.waiting = Waiting(self.database)
        self.stats = Stats(self.database)
        self.provisions = Provisions(self.database, self.audit)
        self.space_policies = SpacePolicies(self.database)
        self.notes = Notes(self.database)
        self.evaluated = Evaluated(self.database)
        self.runs = AutomationRuns(self.database)
        self.retention = Retention(self.database, self.audit)

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

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine. `engine.begin()` takes SQLite's write lock."""
        return self.database.engine

    def migrate(self) -> None:
        """Creates or updates the tables. Safe when several processes do it at once.

        Raises:
            ConfigError: the database cannot be opened or written, or is newer than this version.
        """
        from clickup_mlops.store.migrations import upgrade

        upgrade(self.database)

    def revision(self) -> str | None:
        """The revision that the tables are at; None: there are none yet. Raises ConfigError."""
        from clickup_mlops.store.migrations import current

        return current(self.database)

    def must_be_current(self) -> None:
        """Nothing, if the tables are at the revision that this version wants.

        Raises:
            ConfigError: they are not, or cannot be read.
        """
        from clickup_mlops.store.migrations import must_be_current

        must_be_current(self.database)

    def flush(self) -> None:
        """Has on disk what this thread's writes left for the next one (`wait=False`)."""
        self.database.flush()

    def close(self) -> None:
        """Writes what is queued and closes every connection."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
