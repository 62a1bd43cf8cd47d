"""In which order a Celery worker asks Redis for messages: classes of lanes take turns.

RabbitMQ takes turns by itself, with the same number of messages from each queue that has some.
"""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.store.ranks import Turns, list_ranks

PREFIX: Final = "clickup-mlops-"
"""Names of the queues; the rank follows."""


class QueueTurns:
    """A `queue_order_strategy` of Kombu, with the methods of its `round_robin_cycle`."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names, self._turns = {*names}, Turns()

    def update(self, names: Iterable[str]) -> None:
        """Ask these queues from now on."""
        self._names = {*names}

    def consume(self, count: int) -> list[str]:
        """The names, in the order in which a message is looked for now."""
        ranks = (rank for urgency in self._turns.order() for rank in list_ranks(urgency))
        names = [name for rank in ranks if (name := f"{PREFIX}{rank}") in self._names]
        return [*names, *self._names.difference(names)][:count]

    def rotate(self, last_used: str) -> str:
        """A message came from this queue."""
        self._turns.end()
        return last_used
