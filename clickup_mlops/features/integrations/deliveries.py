"""Deliveries of tools: each tool verifies and reads its own, and every report becomes a row."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Generic

from clickup_mlops.automations.events import INTEGRATION
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.alerts import is_alert
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.internal_events import own_body
from clickup_mlops.bot.receive.ingest import Arrival, Delivery
from clickup_mlops.clickup import webhook
from clickup_mlops.errors import BadPayload
from clickup_mlops.features.integrations.tools import Kind, Report, TableT, ident
from clickup_mlops.store import once_within
from clickup_mlops.store.ranks import Urgency, compute_rank

LANE: Final = f"{INTEGRATION}:"
"""Lanes of reports begin like this; the integration's name follows."""
MOST_BYTES: Final = 32 * 1024**2
"""Of the reports of one delivery together: each of them repeats what they share."""
_UNUSABLE: Final = re.compile(r"[^\w.:/-]+")
"""What the name of an event may not have."""


class ReportRows:
    """Makes the rows of reports. `inbox` may ask for the Workspace the first time."""

    def __init__(self, inbox: InboxWriter, clock: Clock) -> None:
        self._inbox, self._clock = inbox, clock

    def create(self, name: str, reports: Iterable[Report]) -> Sequence[Arrival]:
        """Of the integration `name`, in order.

        Raises:
            BadPayload: one of them could not be read again, or all are larger than `MOST_BYTES`.
        """
        return [*_bounded(self._row(name, report) for report in reports)]

    def _row(self, name: str, report: Report) -> Arrival:
        lane, kind = f"{LANE}{name}", kind_of(name, report.type)
        key = ident(name, report.key) if report.key else ""
        words = report.to_dict() | {"key": key, "named": report.task}
        body = own_body(kind, None, "", data=report.data, report=words)
        webhook.parse(body)  # what could not be read again is refused now
        once, earlier = f"{lane}:{ident(report.once)}", None
        if report.returns:
            once, earlier = once_within(once, webhook.REPEATED_MS, self._clock())
        urgency = Urgency.LIVE if is_alert(words) else Urgency.FRESH
        row = self._inbox.event(
            once, kind, source=lane, lane=lane, body=body, rank=compute_rank(urgency)
        )
        return Arrival(row, earlier)


class ToolDeliveries(Generic[TableT]):
    """A `DeliverySource`: those of one integration, in the way of its tool."""

    def __init__(
        self, name: str, table: TableT, kind: Kind[TableT], rows: Callable[[], ReportRows]
    ) -> None:
        self._name, self._table, self._kind, self._rows = name, table, kind, rows
        self.contact = f"{LANE}{name}"

    def read(self, delivery: Delivery) -> Sequence[Arrival]:
        """A row for each report.

        Raises:
            BadSignature: neither signature nor token is right.
            BadPayload: it is not what the tool sends.
        """
        self._kind.verify(self._table, delivery)
        return self._rows().create(self._name, self._kind.parse(self._table, delivery))


def _bounded(arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
    size = 0
    for arrival in arrivals:
        size += len(arrival.row.body)
        if size > MOST_BYTES:
            raise BadPayload(f"its reports have more than {MOST_BYTES // 1024**2} MiB: send fewer")
        yield arrival


def kind_of(name: str, type_: str) -> str:
    """`integration:<name>.<type>`; what a name may not have becomes `_`."""
    return f"{INTEGRATION}:{name}.{_UNUSABLE.sub('_', type_[:100])}"
