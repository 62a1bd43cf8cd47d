"""Smaller things to remember: decisions, people's overrides, and cursors."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import orjson
from sqlalchemy import bindparam, delete, insert, select

from clickup_mlops.store.database import Database
from clickup_mlops.store.schema import cursor, decision, override

_UNDO: Final = "undo"


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as it was taken: `body` is what `put` was given."""

    task_id: str
    event_key: str
    decided_ms: int
    body: dict[str, Any]


class Decisions:
    """Why each task has its priority: the decisions, newest last."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self,
        task_id: str,
        body: Mapping[str, Any],
        event_key: str,
        now_ms: int,
        *,
        wait: bool = True,
    ) -> None:
        """Remembers a decision and the inbox key of the event that led to it.

        `wait` False: with this thread's next write.
        """
        row = {
            "task_id": task_id,
            "event_key": event_key,
            "decided_ms": now_ms,
            "body": orjson.dumps(body),
        }
        put = self._database.write if wait else self._database.later
        put(lambda connection: self._database.prepared.on(connection, _DECIDED, row))

    def latest(self, task_id: str) -> DecisionRow | None:
        """The task's newest decision."""
        return next(iter(self.history(task_id, 1)), None)

    def history(self, task_id: str, limit: int) -> list[DecisionRow]:
        """The task's newest decisions, newest first."""
        found = self._database.rows(_DECISIONS, task_id=task_id, limit=limit)
        return [_decision(one) for one in found]


@dataclass(frozen=True, slots=True)
class Override:
    """A priority (None: cleared) that routing leaves alone until `until_ms`, and whose it is."""

    task_id: str
    priority: int | None
    user_id: int | None
    since_ms: int
    until_ms: int
    set_by: str = ""
    """How it came to be, as the journal names it: by hand (empty), a slash command such as
    `/priority`, `undo`, or the automation that holds it."""
    user_name: str = ""
    """Who wants it; empty if that is not known, or nobody does."""
    because: str = ""
    """The reason that was given."""

    @property
    def automation(self) -> str:
        """The automation that holds it; empty: it is a person's choice."""
        return "" if self.set_by == _UNDO or self.set_by.startswith("/") else self.set_by


class Overrides:
    """Priorities that routing leaves alone: at most one for each task, the newest."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(override)
        new, names = statement.excluded, _OVERRIDE_NAMES[1:]
        # The event that names the person may come after the change was seen on the task.
        nameless = (override.c.user_name == "") & (override.c.set_by == "")
        same = nameless & (override.c.priority == new.priority) & (new.user_name != "")
        self._upsert = statement.on_conflict_do_update(
            index_elements=["task_id"],
            set_={name: new[name] for name in names},
            where=(new.since_ms >= override.c.since_ms) | same,
        )

    def put(
        self,
        task_id: str,
        priority: int | None,
        user_id: int | None,
        since_ms: int,
        until_ms: int,
        *,
        set_by: str = "",
        user_name: str = "",
        because: str = "",
    ) -> None:
        """Keeps a choice, unless a newer one is known; the texts are as in `Override`."""
        values = (task_id, priority, user_id, since_ms, until_ms, set_by, user_name, because)
        row = dict(zip(_OVERRIDE_NAMES, values, strict=True))
        self._database.write(lambda connection: connection.execute(self._upsert, row))

    def get(self, task_id: str, now_ms: int) -> Override | None:
        """The choice that still holds now, or None."""
        found = self._database.rows(_OVERRIDE, task_id=task_id, now=now_ms)
        return next((Override(*one) for one in found), None)

    def release(self, task_id: str) -> bool:
        """Gives the task back to the policy. False: nothing was set."""
        values = {"i": task_id}
        return self._database.write(
            lambda connection: connection.execute(_RELEASE, values).rowcount == 1
        )

    def list(self, now_ms: int) -> list[Override]:
        """Every choice that still holds, oldest first."""
        return [Override(*one) for one in self._database.rows(_LIVE, now=now_ms)]


class Cursors:
    """Named positions, for example how far the back-fill has read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(cursor)
        self._upsert = statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": statement.excluded.value}
        )

    def get(self, name: str) -> str | None:
        """The position, or None if none was set."""
        return next((value for (value,) in self._database.rows(_CURSOR, name=name)), None)

    def values(self, prefix: str) -> list[str]:
        """What is kept under names that begin like this."""
        return [value for (value,) in self._database.rows(_PREFIXED, prefix=f"{prefix}%")]

    def set(self, name: str, value: str) -> None:
        """Remembers the position."""
        row = {"name": name, "value": value}
        self._database.write(lambda connection: connection.execute(self._upsert, row))


def _decision(found: tuple[Any, ...]) -> DecisionRow:
    task_id, event_key, decided_ms, body = found
    return DecisionRow(task_id, event_key, decided_ms, orjson.loads(body))


_DECIDED = insert(decision)
_DECISIONS = (
    select(decision.c.task_id, decision.c.event_key, decision.c.decided_ms, decision.c.body)
    .where(decision.c.task_id == bindparam("task_id"))
    .order_by(decision.c.id.desc())
    .limit(bindparam("limit"))
)
_OVERRIDE_NAMES = tuple(field.name for field in fields(Override))
_LIVE = (
    select(*(override.c[name] for name in _OVERRIDE_NAMES))
    .where(override.c.until_ms > bindparam("now"))
    .order_by(override.c.since_ms)
)
_OVERRIDE = _LIVE.where(override.c.task_id == bindparam("task_id"))
_RELEASE = delete(override).where(override.c.task_id == bindparam("i"))
_CURSOR = select(cursor.c.value).where(cursor.c.name == bindparam("name"))
_PREFIXED = select(cursor.c.value).where(cursor.c.name.like(bindparam("prefix")))
