"""Deletes what has been kept long enough, in small batches, so that no other write waits long.

Each table says which of its rows expire: see `Expiry` in the modules of `tables/`. The audit is the
exception: it is cut, because the rest of its chain must still verify.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import func, select

from clickup_mlops.store.audit.log import Audit
from clickup_mlops.store.audit.rows import audit
from clickup_mlops.store.database.deleting import delete_all
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.tables import Expiry, find_tables

AUDIT: Final = "audit"
_AUDIT: Final = Expiry(AUDIT, audit, lambda before_ms: audit.c.at_ms < before_ms)


def kinds() -> tuple[str, ...]:
    """What can be kept for how long; the keys of `[retention]`."""
    return tuple(sorted({expiry.kind for expiry in _expiries()}))


class Retention:
    """Counts or deletes what is too old."""

    def __init__(self, database: Database, record: Audit) -> None:
        self._database, self._audit = database, record

    def count(self, before: Mapping[str, int]) -> dict[str, int]:
        """How many rows of each kind ended before that time (Unix ms). Kinds left out: none."""
        return {kind: self._count(kind, ms) for kind, ms in before.items()}

    def prune(self, before: Mapping[str, int], now_ms: int) -> dict[str, int]:
        """Deletes them; how many of each kind.

        Raises:
            ConfigError: the audit is broken and was not cut; everything else was deleted.
        """
        last = sorted(before.items(), key=lambda entry: entry[0] == AUDIT)
        return {kind: self._prune(kind, ms, now_ms) for kind, ms in last}

    def _count(self, kind: str, before_ms: int) -> int:
        counts = (
            select(func.count()).select_from(expiry.table).where(expiry.expired(before_ms))
            for expiry in _of_kind(kind)
        )
        with self._database.reading() as connection:
            return sum(connection.execute(statement).scalar() or 0 for statement in counts)

    def _prune(self, kind: str, before_ms: int, now_ms: int) -> int:
        if kind == AUDIT:
            return self._audit.cut(before_ms, now_ms)
        return sum(self._delete(expiry, before_ms) for expiry in _of_kind(kind))

    def _delete(self, expiry: Expiry, before_ms: int) -> int:
        return delete_all(self._database, expiry.table, expiry.expired(before_ms))


def _expiries() -> Iterator[Expiry]:
    for table in find_tables().values():
        yield from table.expiries
    yield _AUDIT


def _of_kind(kind: str) -> list[Expiry]:
    return [expiry for expiry in _expiries() if expiry.kind == kind]
