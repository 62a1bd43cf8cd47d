"""What a migration has read from its source, kept here so that a run is independent of the source.

A record is stored under (migration, kind, id) with its place in the order of the source; reading
it again replaces it. `fetched` numbers the readings: what the newest one did not find has an older
number.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, bindparam, func, select

from clickup_mlops.store.database.deleting import delete_all
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import NOBODY
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import store_table

PAGE = 500

migration_record = Table(
    "migration_record",
    metadata,
    Column("migration", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("board", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("fetched", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "migration", "kind", "board", "position"),
    info=NOBODY,
)


@dataclass(frozen=True, slots=True)
class StagedRecord:
    """A record as it was read: `body` is what `migrate.records.dumps` gives, `hash` is its hash.

    `board` is empty for what belongs to none. `position` counts within kind and board.
    """

    kind: str
    id: str
    board: str
    position: int
    fetched: int
    hash: str
    body: bytes


class MigrationRecords:
    """Records by migration and kind, in the source's order; read in pages, so memory is bounded."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(migration_record)
        names = ("board", "position", "fetched", "hash", "body")
        self._upsert = statement.on_conflict_do_update(
            index_elements=["migration", "kind", "id"],
            set_={name: statement.excluded[name] for name in names},
        )

    def put(self, migration: str, records: Iterable[StagedRecord]) -> None:
        """Stores them, in one transaction."""
        rows = [
            {"migration": migration}
            | {name: getattr(record, name) for name in StagedRecord.__slots__}
            for record in records
        ]
        if rows:
            self._database.write(lambda connection: connection.execute(self._upsert, rows))

    def get(self, migration: str, kind: str, record_id: str) -> StagedRecord | None:
        """One record."""
        rows = self._database.rows(_GET, migration=migration, kind=kind, id=record_id)
        return StagedRecord(*rows[0]) if rows else None

    def of(self, migration: str, kind: str, board: str = "") -> Iterator[StagedRecord]:
        """A board's records of a kind (with no board: those of none), in order."""
        after = -1
        while rows := self._database.rows(
            _PAGE, migration=migration, kind=kind, board=board, after=after
        ):
            page = [StagedRecord(*row) for row in rows]
            yield from page
            after = page[-1].position

    def fetched(self, migration: str) -> int:
        """The number of the newest reading; 0: there is none."""
        ((number,),) = self._database.rows(_FETCHED, migration=migration)
        return int(number or 0)

    def count(self, migration: str) -> int:
        """How many records there are."""
        ((number,),) = self._database.rows(_COUNT, migration=migration)
        return int(number)

    def forget(self, migration: str, board: str | None = None) -> int:
        """Deletes what was read for a migration, or of one board of it; how many rows it had."""
        where = migration_record.c.migration == migration
        if board is not None:
            where &= migration_record.c.board == board
        return delete_all(self._database, migration_record, where, durable=True)


_COLUMNS = [migration_record.c[name] for name in StagedRecord.__slots__]
_HERE = migration_record.c.migration == bindparam("migration")
_KIND = migration_record.c.kind == bindparam("kind")
_GET = select(*_COLUMNS).where(_HERE, _KIND, migration_record.c.id == bindparam("id"))
_PAGE = (
    select(*_COLUMNS)
    .where(
        _HERE,
        _KIND,
        migration_record.c.board == bindparam("board"),
        migration_record.c.position > bindparam("after"),
    )
    .order_by(migration_record.c.position)
    .limit(PAGE)
)
_COUNT = select(func.count()).select_from(migration_record).where(_HERE)
_FETCHED = select(func.max(migration_record.c.fetched)).where(_HERE)

TABLE = store_table(MigrationRecords)
