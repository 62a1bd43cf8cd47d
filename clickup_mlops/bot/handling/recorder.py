"""Records events and the tasks as they were read, so that automations can be simulated later."""

from collections.abc import Sequence

import orjson

from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handling.caused_event import CausedEvent
from clickup_mlops.clickup.model import Task
from clickup_mlops.store import Incoming, Store
from clickup_mlops.store.tables.recordings import Recorded, Recording


class Recorder:
    """`record` adds a recording, if they are kept."""

    def __init__(self, store: Store, clock: Clock, *, on: bool) -> None:
        self._store, self._clock, self._on = store, clock, on

    def record(
        self, rows: Sequence[Incoming], events: Sequence[CausedEvent], task: Task | None
    ) -> None:
        """The rows that are handled together; `events`: without (only) our own echoes.

        `task` None: it was not read.
        """
        if not self._on:
            return
        foreign = {one.event.key for one in events if not one.chain}
        recorded = tuple(
            Recorded(row.key, orjson.loads(row.body), ours=row.key not in foreign) for row in rows
        )
        raw = None if task is None else dict(task.raw)
        self._store.recordings.put(Recording(rows[0].lane, self._clock(), recorded, raw))
