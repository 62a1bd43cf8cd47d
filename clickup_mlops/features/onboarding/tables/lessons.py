"""Lessons: who has shown which, and who agreed to be named."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Column, Table, Text, delete, select

from clickup_mlops.features.onboarding.lessons import CONSENT, Observation
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import NOBODY
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import store_table

lesson_shown = Table(
    "lesson_shown",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("lesson", Text, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    info=NOBODY,
)


class Lessons:
    """One row for each person and lesson: when it was shown first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.insert(lesson_shown).on_conflict_do_nothing()

    def add(self, workspace: str, observations: Iterable[Observation]) -> None:
        """With this thread's next write. Twice is the same as once."""
        for observation in observations:
            row = {
                "workspace": workspace,
                "user_id": observation.user_id,
                "lesson": observation.lesson,
            }
            self._database.defer((self._insert, row | {"at_ms": observation.at_ms}))

    def of_workspace(self, workspace: str) -> dict[int, set[str]]:
        """The lessons of each person, and `CONSENT` of those who agreed, by user id."""
        columns = (lesson_shown.c.user_id, lesson_shown.c.lesson)
        query = select(*columns).where(lesson_shown.c.workspace == workspace)
        shown: dict[int, set[str]] = {}
        for user_id, lesson in self._database.rows(query):
            shown.setdefault(user_id, set()).add(lesson)
        return shown

    def withdraw(self, workspace: str, user_id: int) -> None:
        """The person does not agree to be named any more."""
        statement = delete(lesson_shown).where(
            lesson_shown.c.workspace == workspace,
            lesson_shown.c.user_id == user_id,
            lesson_shown.c.lesson == CONSENT,
        )
        self._database.write(lambda connection: connection.execute(statement))


TABLE = store_table(Lessons)
