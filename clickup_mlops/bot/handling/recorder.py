"""Keeps what was heard and read, so that automations can be simulated over it later."""

from collections.abc import Sequence

import orjson

from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handling.echoes import Heard
from clickup_mlops.clickup.model import Task
from clickup_mlops.store import InboxRow, Store
from clickup_mlops.store.tables.recordings import Recorded, Recording


class Recorder:
    """`note` adds a recording, if they are kept."""

    def __init__(self, store: Store, clock: Clock, *, on: bool) -> None:
        self._store, self._clock, self._on = store, clock, on

    def note(self, rows: Sequence[InboxRow], sifted: Sequence[Heard], task: Task | None) -> None:
        """The events of one handling; `sifted`: those that are not (only) our own echoes.

        `task` None: nobody wanted it to be read.
        """
        if not self._on:
            return
        foreign = {one.event.key for one in sifted if not one.chain}
        events = tuple(
            Recorded(row.key, orjson.loads(row.body), ours=row.key not in foreign) for row in rows
        )
        raw = None if task is None else dict(task.raw)
        self._store.recordings.put(Recording(rows[0].lane, self._clock(), events, raw))
