"""Which automation leaves which task alone, and until when."""

from sqlalchemy import bindparam, delete, select

from clickup_mlops.store.database import Database
from clickup_mlops.store.schema import mute


class Mutes:
    """Pairs of rule and task; at most one end for each."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(mute)
        self._upsert = statement.on_conflict_do_update(
            index_elements=["task_id", "rule"], set_={"until_ms": statement.excluded.until_ms}
        )

    def put(self, task_id: str, rule: str, until_ms: int) -> None:
        """The rule leaves the task alone until then (Unix ms)."""
        row = {"task_id": task_id, "rule": rule, "until_ms": until_ms}
        self._database.write(lambda connection: connection.execute(self._upsert, row))

    def end(self, task_id: str, rule: str) -> None:
        """The rule may act on the task again."""
        values = {"t": task_id, "r": rule}
        self._database.write(lambda connection: connection.execute(_END, values))

    def of(self, task_id: str, now_ms: int) -> frozenset[str]:
        """The rules that leave the task alone now."""
        found = self._database.rows(_OF, task_id=task_id, now=now_ms)
        return frozenset(rule for (rule,) in found)


_OF = select(mute.c.rule).where(
    mute.c.task_id == bindparam("task_id"), mute.c.until_ms > bindparam("now")
)
_END = delete(mute).where(mute.c.task_id == bindparam("t"), mute.c.rule == bindparam("r"))
