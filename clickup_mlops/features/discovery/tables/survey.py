"""The survey: links that can be used once, and answers that nothing leads back from.

A link is kept as the SHA-256 of its token. An answer has neither link nor time, and a random key,
or one made of the file that it is from: neither order nor time says whose it is.
"""

import hashlib
from dataclasses import dataclass
from secrets import token_hex
from typing import Final

import orjson
from sqlalchemy import BigInteger, Column, Connection, Table, Text, bindparam, select, update

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import NOBODY
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table

survey_link = Table(
    "survey_link",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    info=NOBODY,
)
survey_answer = Table(
    "survey_answer",
    metadata,
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("body", Text, nullable=False),
    info=NOBODY,
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

    def add(self, role: str, people: list[dict[str, int]]) -> bool:
        """Answers that were given elsewhere; False: they are there, as the same ones were added
        before, in whatever order.
        """
        rows = _file_rows(role, people)

        def write(connection: Connection) -> bool:
            if connection.execute(_ANSWER, {"id": rows[0]["id"]}).all():
                return False
            connection.execute(self._insert_answer, rows)
            return True

        return self._database.write(write) if rows else True

    def answers(self) -> dict[str, dict[str, dict[str, int]]]:
        """All, by role and id, in random order."""
        by_role: dict[str, dict[str, dict[str, int]]] = {}
        for known, role, body in self._database.rows(_ANSWERS):
            by_role.setdefault(role, {})[known] = orjson.loads(body)
        return by_role


def _row(role: str, answers: dict[str, int], known: str = "") -> dict[str, str]:
    body = orjson.dumps(answers).decode()
    return {"id": known or token_hex(16), "role": role, "body": body}


def _file_rows(role: str, people: list[dict[str, int]]) -> list[dict[str, str]]:
    """With ids that are the same whenever the same answers are added."""
    bodies = sorted(orjson.dumps(answers, option=orjson.OPT_SORT_KEYS) for answers in people)
    content = hashlib.sha256(b"\n".join([role.encode(), *bodies])).hexdigest()
    named = (hashlib.sha256(f"{content}:{n}".encode()).hexdigest()[:32] for n in range(len(bodies)))
    return [_row(role, orjson.loads(body), name) for name, body in zip(named, bodies, strict=True)]


_LINK: Final = select(
    survey_link.c.digest, survey_link.c.role, survey_link.c.expires_ms, survey_link.c.state
).where(survey_link.c.digest == bindparam("digest"))
_USE: Final = (
    update(survey_link)
    .where(survey_link.c.digest == bindparam("link"), survey_link.c.state == _OPEN)
    .values(state=_USED)
)
_ALL_ANSWERS: Final = select(survey_answer.c.id, survey_answer.c.role, survey_answer.c.body)
_ANSWERS: Final = _ALL_ANSWERS.order_by(survey_answer.c.id)
_ANSWER: Final = _ALL_ANSWERS.where(survey_answer.c.id == bindparam("id"))

TABLE = store_table(
    Surveys, Expiry("overrides", survey_link, lambda before: survey_link.c.expires_ms < before)
)
