"""Records events and the tasks as they were read, so that automations can be simulated later."""

from collections.abc import Iterable, Sequence

import orjson

from clickup_mlops.automations.events import DERIVED
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.ports import EventConsumer
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.simulation.tables.recordings import Recordings
from clickup_mlops.store import Incoming, Store


class Recorder(EventConsumer):
    """Adds a recording of what is read."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._recordings, self._clock = store.table(Recordings), clock

    def read(
        self,
        rows: Sequence[Incoming],
        events: Sequence[CausedEvent],
        task: Task | None,
        evaluated: Iterable[CausedEvent] = (),
    ) -> None:
        """Record it, with what was derived: a simulation cannot derive that again."""
        foreign = {caused.event.key for caused in events if not caused.chain}
        derived = {
            caused.event.key: orjson.dumps(caused.event.raw)
            for caused in evaluated
            if caused.event.raw.get(DERIVED)
        }
        recorded = [
            (row.key, row.body, row.key not in foreign) for row in rows if row.key not in derived
        ]
        recorded += [(key, body, False) for key, body in derived.items()]
        raw = None if task is None else task.raw
        self._recordings.put_bodies(rows[0].lane, self._clock(), recorded, raw)
