"""Status updates of open incidents: a row waits in the inbox until the next one is due.

What came due while the bot was away is made up for once. When the incident is over, nothing waits.
"""

from collections.abc import Sequence
from typing import Any, Final

import orjson

from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.internal_events import own_body
from clickup_mlops.features.incidents import events
from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.store import InboxRow, Store
from clickup_mlops.store.ranks import Urgency, compute_rank

LANE: Final = "incident:"
"""They wait in lanes that begin like this; the incident's id follows."""


class StatusUpdates:
    """`schedule` has updates come, `release` hands those that are due to the incident's task."""

    def __init__(self, store: Store, inbox: InboxWriter, clock: Clock) -> None:
        self._store, self._inbox, self._clock = store, inbox, clock

    def schedule(self, incident: Incident) -> None:
        """Have the next update come in time, with this thread's next write; twice is once."""
        self._wait(incident, self._clock())

    def release(self, rows: Sequence[InboxRow]) -> None:
        """Tell the automations that an update is due, and wait for the next one."""
        body: dict[str, Any] = orjson.loads(rows[-1].body)
        incident = self._store.table(Incidents).get(body["incident"])
        if incident is None or not incident.is_open:
            return
        facts = {"id": incident.id, "since_ms": body["since_ms"]}
        self._inbox.put(
            self._inbox.event(
                f"{rows[-1].key}:due",
                events.UPDATE_DUE,
                source=rows[-1].source,
                lane=incident.task_id,
                body=own_body(events.UPDATE_DUE, incident.task_id, "", incident=facts),
                rank=compute_rank(Urgency.LIVE),
            )
        )
        self._wait(incident, self._clock())

    def _wait(self, incident: Incident, now_ms: int) -> None:
        every_ms = int(incident.details.get("every_ms") or 0)
        if every_ms <= 0:
            return
        # By the beginning, not by now: whoever schedules it finds the same time.
        due_ms = (
            incident.opened_ms + (max(0, now_ms - incident.opened_ms) // every_ms + 1) * every_ms
        )
        since_ms = max(incident.opened_ms, now_ms)
        row = self._inbox.event(
            f"{LANE}{incident.id}:update:{due_ms}",
            events.UPDATE_DUE,
            source="incident",
            lane=f"{LANE}{incident.id}",
            body=orjson.dumps({"incident": incident.id, "since_ms": since_ms}),
            rank=compute_rank(Urgency.LIVE),
        )
        self._inbox.put_later(row, due_ms)
