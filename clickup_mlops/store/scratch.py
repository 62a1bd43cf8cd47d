"""A store that is thrown away: for trying things out, as fast as it can be.

One thread uses it. Nothing waits for the disk, and the tables are made as they are now.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, event, insert

from clickup_mlops.store.audit import HEAD, audit_head
from clickup_mlops.store.chain import START
from clickup_mlops.store.facade import Store
from clickup_mlops.store.schema import metadata
from clickup_mlops.store.writer import GroupWriter, Operation


class DirectWriter(GroupWriter):
    """Writes in the caller's own thread."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, queue_limit=1, wait_s=0)
        self._own: Connection | None = None

    def submit(self, operation: Operation, argument: Any, *, durable: bool = True) -> Any:
        """The operation's result for this argument."""
        _ = durable
        self._own = connection = self._own or self._engine.connect()
        with connection.begin():
            return operation(connection, [argument])[0]

    def close(self) -> None:
        """Gives the connection back."""
        if self._own is not None:
            self._own.close()
            self._own = None


@contextmanager
def scratch_store() -> Iterator[Store]:
    """An empty store in a temporary folder, which is gone afterwards."""
    with TemporaryDirectory(prefix="clickup-mlops-") as folder:
        store = Store(f"sqlite:///{Path(folder) / 'scratch.db'}")
        event.listen(store.engine, "connect", _careless)
        store.database.writer = DirectWriter(store.engine)
        metadata.create_all(store.engine)
        head = {"id": HEAD, "seq": START.seq, "hash": START.hash}
        store.database.write(lambda connection: connection.execute(insert(audit_head), head))
        try:
            yield store
        finally:
            store.close()


def _careless(connection: Any, _record: Any) -> None:
    connection.execute("pragma synchronous = off")
    connection.execute("pragma journal_mode = off")
