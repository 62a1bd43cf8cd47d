"""The survey: links that can be used once, and answers that nothing leads back from.

A link is kept as the SHA-256 of its token. An answer has neither link nor time, and a random key:
neither order nor time says whose it is.
"""

from dataclasses import dataclass
from secrets import token_hex
from typing import Final

import orjson
from sqlalchemy import BigInteger, Column, Connection, Table, Text, bindparam, select, update

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table

survey_link = Table(
    "survey_link",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
)
survey_answer = Table(
    "survey_answer",
    metadata,
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("body", Text, nullable=False),
)
_OPEN, _USED = "open", "used"


@dataclass(frozen=True, slots=True)
class Link:
    """A link by its digest; it works until `expires_ms` (Unix ms), once."""

    digest: str
    role: str
    expires_ms: int
    is_used: bool


class Surveys:
    """Links and answers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert_link = database.insert(survey_link)
        self._insert_answer = database.insert(survey_answer)

    def add_links(self, digests: list[str], role: str, expires_ms: int) -> None:
        """New ones."""
        rows = [
            {"digest": digest, "role": role, "expires_ms": expires_ms, "state": _OPEN}
            for digest in digests
        ]
        self._database.write(lambda connection: connection.execute(self._insert_link, rows))

    def find(self, digest: str) -> Link | None:
        """The link, whether it still works or not; None: there is none."""
        rows = self._database.rows(_LINK, digest=digest)
        return next((Link(row[0], row[1], row[2], row[3] == _USED) for row in rows), None)

    def answer(self, link: Link, answers: dict[str, int]) -> bool:
        """Keep the answers and end the link, both or neither; False: it was used already."""
        row = _row(link.role, answers)

        def write(connection: Connection) -> bool:
            if connection.execute(_USE, {"link": link.digest}).rowcount != 1:
                return False
            connection.execute(self._insert_answer, row)
            return True

        return self._database.write(write)

    def add(self, role: str, people: list[dict[str, int]]) -> None:
        """Answers that were given elsewhere."""
        rows = [_row(role, answers) for answers in people]
        if rows:
            self._database.write(lambda connection: connection.execute(self._insert_answer, rows))

    def answers(self) -> dict[str, list[dict[str, int]]]:
        """All, by role, in random order."""
        by_role: dict[str, list[dict[str, int]]] = {}
        for role, body in self._database.rows(_ANSWERS):
            by_role.setdefault(role, []).append(orjson.loads(body))
        return by_role


def _row(role: str, answers: dict[str, int]) -> dict[str, str]:
    return {"id": token_hex(16), "role": role, "body": orjson.dumps(answers).decode()}


_LINK: Final = select(
    survey_link.c.digest, survey_link.c.role, survey_link.c.expires_ms, survey_link.c.state
).where(survey_link.c.digest == bindparam("digest"))
_USE: Final = (
    update(survey_link)
    .where(survey_link.c.digest == bindparam("link"), survey_link.c.state == _OPEN)
    .values(state=_USED)
)
_ANSWERS: Final = select(survey_answer.c.role, survey_answer.c.body).order_by(survey_answer.c.id)

TABLE = store_table(
    Surveys, Expiry("overrides", survey_link, lambda before: survey_link.c.expires_ms < before)
)
