"""Records events and the tasks as they were read, so that automations can be simulated later."""

from collections.abc import Iterable, Sequence

import orjson

from clickup_mlops.automations.events import DERIVED
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.caused_event import CausedEvent
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.simulation.tables.recordings import Recorded, Recording, Recordings
from clickup_mlops.store import Incoming, Store


class Recorder:
    """`record` adds a recording, if they are kept."""

    def __init__(self, store: Store, clock: Clock, *, on: bool) -> None:
        self._store, self._clock, self._on = store, clock, on

    def record(
        self,
        rows: Sequence[Incoming],
        events: Sequence[CausedEvent],
        task: Task | None,
        evaluated: Iterable[CausedEvent] = (),
    ) -> None:
        """The rows that are handled together; `events`: without (only) our own echoes. `evaluated`:
        with what was derived, which a simulation cannot derive again.

        `task` None: it was not read.
        """
        if not self._on:
            return
        foreign = {one.event.key for one in events if not one.chain}
        derived = {
            one.event.key: dict(one.event.raw) for one in evaluated if one.event.raw.get(DERIVED)
        }
        bodies = {row.key: orjson.loads(row.body) for row in rows if row.key not in derived}
        recorded = tuple(
            Recorded(key, body, ours=key in bodies and key not in foreign)
            for key, body in (*bodies.items(), *derived.items())
        )
        raw = None if task is None else dict(task.raw)
        self._store.table(Recordings).put(Recording(rows[0].lane, self._clock(), recorded, raw))
