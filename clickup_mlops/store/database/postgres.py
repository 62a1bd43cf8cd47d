"""PostgreSQL's connection: statements that are sent together, and prepared once.

psycopg's cursors take several times the CPU for the same: each finds out anew how values are
adapted, and a pipeline sends each statement by itself. libpq, adaptation and waiting are psycopg's
here, too.
"""

import itertools
import select
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from psycopg import Connection, OperationalError, abc
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult

Sql = tuple[bytes, Sequence[object]]
"""A statement with the parameters `$1`, `$2` and so on, and their values."""

OPTIONS: Final[dict[str, Any]] = {"prepare_threshold": None}
"""Of each connection: if psycopg prepared statements as well, it would drop all those of a session
after a roll-back, these with them.
"""


MOST_PREPARED: Final = 200
"""Of a session: each costs the server about 70 KiB. One statement may be several, by its values."""


class _Message(NamedTuple):
    """A statement as libpq takes it."""

    sql: bytes
    values: Sequence[Buffer | None]
    types: tuple[int, ...]
    formats: Sequence[Format]


class PostgresConnection(Connection[tuple[Any, ...]]):
    """psycopg's, which prepares what it runs a second time. For one thread at a time."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._names: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        self._numbers = itertools.count()
        self._adapter: abc.Transformer = Transformer(self)

    def is_quiet(self) -> bool:
        """Whether the server has sent nothing since its last answer, as it does when it closes the
        connection.
        """
        if not hasattr(select, "poll"):  # Windows
            return not select.select([self], [], [], 0)[0]
        poller = select.poll()
        poller.register(self, select.POLLIN)
        return not poller.poll(0)

    def run_together(self, statements: Sequence[Sql]) -> list[tuple[list[tuple[Any, ...]], int]]:
        """Send them in one message; the rows that each returned, and how many it returned or
        changed. Outside of a transaction they are one.

        Raises:
            psycopg.Error: one failed, and what came after it did not run; or the connection is
                lost.
        """
        messages = [self._adapt(*statement) for statement in statements]
        try:
            self.pgconn.enter_pipeline_mode()
            is_asked = [*itertools.chain.from_iterable(map(self._queue, messages))]
            self.pgconn.pipeline_sync()
            results = self.wait(_receive(self.pgconn))
            self.pgconn.exit_pipeline_mode()
        except BaseException:
            self.close()  # it is somewhere in the conversation
            raise
        for result in results:
            if result.status == ExecStatus.FATAL_ERROR:
                self._forget(messages)
                raise error_from_result(result, self.info.encoding)
        pairs = zip(results, is_asked, strict=True)
        return [self._read(result) for result, is_own in pairs if is_own]

    def _forget(self, messages: Sequence[_Message]) -> None:
        """Which of them the server has prepared is unknown."""
        for message in messages:
            self._names.pop((message.sql, message.types), None)

    def _adapt(self, sql: bytes, values: Sequence[object]) -> _Message:
        adapter = self._adapter
        adapted = adapter.dump_sequence(values, [PyFormat.AUTO] * len(values))
        return _Message(sql, adapted, adapter.types or (), adapter.formats or ())

    def _queue(self, message: _Message) -> tuple[bool, ...]:
        """Whether each of the results that will come is the statement's own."""
        sql, values, types, formats = message
        name, is_new = self._names.get((sql, types)), False
        if name == b"" and (number := next(self._numbers)) < MOST_PREPARED:
            name, is_new = b"bot_%d" % number, True
            self.pgconn.send_prepare(name, sql, types)
        self._names[sql, types] = name or b""  # not worth a name until it comes again
        if name:
            self.pgconn.send_query_prepared(name, values, formats)
        else:
            self.pgconn.send_query_params(sql, values, types, formats)
        return (False, True) if is_new else (True,)

    def _read(self, result: PGresult) -> tuple[list[tuple[Any, ...]], int]:
        rows: list[tuple[Any, ...]] = []
        if result.status == ExecStatus.TUPLES_OK:
            self._adapter.set_pgresult(result)
            rows = self._adapter.load_rows(0, result.ntuples, tuple)
        return rows, result.command_tuples or 0


def _receive(pgconn: PGconn) -> PQGen[list[PGresult]]:
    """Sends what is queued; the results until the answer to the synchronisation."""
    yield from send(pgconn)
    results: list[PGresult] = []
    while fetched := (yield from fetch_many(pgconn)):
        if fetched[-1].status == ExecStatus.PIPELINE_SYNC:
            return results
        results += fetched
    raise OperationalError("the server closed the connection before its answer")
