"""Statistics for monitoring: cheap counts, the same for every process that uses the store.

Their cost does not grow with the history: a scrape every few seconds is harmless.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import bindparam, case, func, select

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.queries.ready_lanes import earliest_due
from clickup_mlops.store.tables.budget import budget
from clickup_mlops.store.tables.cursors import Cursors, cursor
from clickup_mlops.store.tables.inbox import DONE, OLDEST, PARKED, READY, in_state, inbox
from clickup_mlops.store.tables.leases import PROCESS, lease
from clickup_mlops.store.tables.overrides import IMPORT, override

JOB: Final = "job:"
HOOK_HEALTH: Final = "hook-health:"


@dataclass(frozen=True, slots=True)
class Backlog:
    """Events: `ready` now, `waiting` for a later try, `parked`; `running` counts lanes.

    `oldest_ms` is when the oldest event came in that is not handled yet, if any.
    """

    ready: int
    waiting: int
    running: int
    parked: int
    oldest_ms: int | None


@dataclass(frozen=True, slots=True)
class Standstill:
    """Since when (Unix ms) lanes are due and none was finished, and how many are leased now."""

    since_ms: int
    held: int


@dataclass(frozen=True, slots=True)
class HookHealth:
    """A webhook as of its last check. `problems`: what was wrong, as sentences."""

    webhook: str
    failures: int
    problems: tuple[str, ...]
    checked_ms: int


class Stats:
    """Counts, and what jobs record: their last success, and the webhooks' health."""

    def __init__(self, database: Database) -> None:
        self._database, self._cursors = database, Cursors(database)

    def backlog(self, now_ms: int) -> Backlog:
        """How many events are open, and when the oldest of them came in."""
        ((ready, waiting),) = self._database.rows(_READY, now=now_ms)
        ((parked,),) = self._database.rows(_PARKED)
        ((running,),) = self._database.rows(_RUNNING, now=now_ms)
        oldest = next((ms for (ms,) in self._database.rows(OLDEST)), None)
        return Backlog(ready or 0, waiting or 0, running, parked, oldest)

    def parked(self) -> int:
        """How many events are parked."""
        ((count,),) = self._database.rows(_PARKED)
        return int(count)

    def standstill(self, now_ms: int, ignored: str) -> Standstill | None:
        """Since when no lane makes progress, but for those with that prefix; None: none is due."""
        values = {"now": now_ms, "ignored": f"{ignored}%"}
        due = self._database.rows(_DUE_SINCE, **values)
        if not due:
            return None
        last_done = self._database.rows(_DONE_LAST, ignored=values["ignored"])
        ((held,),) = self._database.rows(_HELD, **values)
        return Standstill(max(at_ms for (at_ms,) in due + last_done), held)

    def overrides(self, now_ms: int) -> int:
        """How many priorities are held for people now."""
        ((count,),) = self._database.rows(_OVERRIDES, now=now_ms)
        return int(count)

    def budget(self, key: str) -> Mapping[str, Any]:
        """The rate budget's state under a token's hash; empty if none is known yet."""
        text = next((state for (state,) in self._database.rows(_BUDGET, key=key)), "")
        state: dict[str, Any] = orjson.loads(text) if text else {}
        return state

    def job_succeeded(self, job: str, now_ms: int) -> None:
        """Records when a job succeeded."""
        self._cursors.set(JOB + job, str(now_ms))

    def jobs(self) -> dict[str, int]:
        """When each job last succeeded, Unix ms."""
        return {name: int(value) for name, value in self._named(JOB).items()}

    def hooks_checked(self, workspace: str, health: Iterable[HookHealth]) -> None:
        """Records the result of checking a Workspace's webhooks."""
        self._cursors.set(HOOK_HEALTH + workspace, orjson.dumps([*health]).decode())

    def hooks(self) -> list[HookHealth]:
        """The webhooks as of their last checks."""
        texts = self._named(HOOK_HEALTH).values()
        rows = (row for text in texts for row in orjson.loads(text))
        return [HookHealth(**{**row, "problems": tuple(row["problems"])}) for row in rows]

    def _named(self, prefix: str) -> dict[str, str]:
        """Cursors whose name begins like this, by the rest of the name."""
        rows = self._database.rows(_NAMED, pattern=prefix + "%")
        return {name.removeprefix(prefix): value for name, value in rows}


_due = inbox.c.due_ms <= bindparam("now")
_READY = select(
    func.sum(case((_due, 1), else_=0)).label("due"),
    func.sum(case((_due, 0), else_=1)).label("later"),
).where(in_state(READY))
_PARKED = select(func.count()).select_from(inbox).where(in_state(PARKED))
_is_held = (lease.c.until_ms >= bindparam("now")) & (lease.c.name != PROCESS)
_RUNNING = select(func.count()).select_from(lease).where(_is_held)
_watched = inbox.c.lane.not_like(bindparam("ignored"))
_DUE_SINCE = earliest_due(inbox.c.due_ms <= bindparam("now"), _watched)
_DONE_LAST = (
    select(inbox.c.done_ms)
    .where(in_state(DONE), _watched)
    .order_by(inbox.c.done_ms.desc())
    .limit(1)
)
_HELD = (
    select(func.count())
    .select_from(lease)
    .where(_is_held, lease.c.name.not_like(bindparam("ignored")))
)
_OVERRIDES = (
    select(func.count())
    .select_from(override)
    .where(
        override.c.until_ms > bindparam("now"),
        override.c.origin != IMPORT,
        override.c.priority.is_not(None),
        # Not those that an automation holds.
        (override.c.set_by == "") | (override.c.set_by == "undo") | override.c.set_by.like("/%"),
    )
)
_BUDGET = select(budget.c.state).where(budget.c.token == bindparam("key"))
# Not as a range: a database's collation may order `:` in its own way.
_NAMED = select(cursor.c.name, cursor.c.value).where(cursor.c.name.like(bindparam("pattern")))
