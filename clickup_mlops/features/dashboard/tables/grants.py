"""Grants: who may look at the dashboard. Sessions, one-time links, links for embedding.

Only the SHA-256 of a token is kept: whoever reads the store can use none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Literal

from sqlalchemy import BigInteger, Column, Index, Table, Text, bindparam, select, update

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import NOBODY
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table

Kind = Literal["session", "link", "embed"]
"""`link` is used once and becomes a session; `embed` shows one view, read-only."""

access_grant = Table(
    "access_grant",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("user_name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("view", Text, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Column("user_email", Text, nullable=False, server_default=""),
    Column("sealed", Text, nullable=False, server_default=""),
    Index(None, "digest", unique=True),
    info=NOBODY,
)


@dataclass(frozen=True, slots=True)
class Grant:
    """`id` is short and may be shown; `digest` is the SHA-256 (hex) of the token. Times in Unix ms.

    `ended_ms`: when it was used up or revoked; None: it was not. `view`: the page that an `embed`
    shows, with its query; empty for others. `user_email`: of a person who signed in with ClickUp.
    `sealed`: that person's token in ClickUp, encrypted with the token of the grant; empty: ended.
    """

    id: str
    digest: str
    kind: Kind
    user_id: str
    user_name: str
    role: str
    view: str
    made_ms: int
    expires_ms: int
    ended_ms: int | None = None
    user_email: str = ""
    sealed: str = ""

    def holds(self, now_ms: int) -> bool:
        """Whether it lets anybody in."""
        return self.ended_ms is None and now_ms < self.expires_ms


class Grants:
    """By id or by digest; newest first."""

    def __init__(self, database: Database) -> None:
        self._database, self._run = database, database.prepared.on
        self._insert = database.insert(access_grant)

    def put(self, grant: Grant) -> None:
        """A new one."""
        row: dict[str, Any] = {name: getattr(grant, name) for name in _NAMES}
        self._database.put([(self._insert, row)], wait=True)

    def find(self, digest: str) -> Grant | None:
        """The one whose token has this digest, whether it holds or not."""
        rows = self._database.rows(_BY_DIGEST, digest=digest)
        return next((Grant(*row) for row in rows), None)

    def end(self, grant_id: str, now_ms: int) -> bool:
        """It lets nobody in any more; False: it did not before, either. Of two who end it at the
        same time only one gets True.
        """
        values = {"i": grant_id, "now": now_ms}
        return self._database.write(
            lambda connection: self._run(connection, _END, values).changed == 1
        )

    def end_all(self) -> None:
        """None of them lets anybody in any more."""
        self._database.write(lambda connection: connection.execute(_END_ALL))

    def list(self, now_ms: int) -> list[Grant]:
        """All that hold."""
        return [Grant(*row) for row in self._database.rows(_HOLDING, now=now_ms)]


_NAMES: Final[Sequence[str]] = tuple(field.name for field in fields(Grant))
_ALL: Final = select(*(access_grant.c[name] for name in _NAMES))
_BY_DIGEST: Final = _ALL.where(access_grant.c.digest == bindparam("digest"))
_HOLDING: Final = _ALL.where(
    access_grant.c.ended_ms.is_(None), access_grant.c.expires_ms > bindparam("now")
).order_by(access_grant.c.made_ms.desc(), access_grant.c.id)
_END: Final = (
    update(access_grant)
    .where(access_grant.c.id == bindparam("i"), access_grant.c.ended_ms.is_(None))
    .values(ended_ms=bindparam("now"), sealed="")
)
_END_ALL: Final = (
    update(access_grant)
    .where(access_grant.c.ended_ms.is_(None))
    .values(ended_ms=access_grant.c.made_ms, sealed="")
)

_EXPIRY: Final = Expiry(
    "overrides", access_grant, lambda before: access_grant.c.expires_ms < before
)
# Nobody knows which were ended since the backup.
TABLE = replace(store_table(Grants, _EXPIRY), after_restore=Grants.end_all)
