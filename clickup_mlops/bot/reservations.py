"""Tasks that were found Urgent but are not written yet: they count for their List's cap, too.

Whoever evaluates a task reads the List's version first and reserves afterwards. If somebody else
reserved in that List meanwhile, the evaluation did not know of it and has to be made again. So the
lock is held for a few instructions, and never while routing, automations or the store are asked.
"""

import threading
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, eq=False, slots=True)
class Reservation:
    """One place among a List's Urgent tasks, for one evaluation of a task."""

    list_id: str
    task_id: str


Places = tuple[int, frozenset[str]]
"""The version of a List, and its tasks with a place."""


class Reservations:
    """The places that are taken, of all Lists. Safe for threads; of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: set[Reservation] = set()
        self._versions: Counter[str] = Counter()

    def read(self, list_id: str) -> Places:
        """The List's version and its tasks with a place. Ask before the mirror: see `release`."""
        with self._lock:
            held = [place.task_id for place in self._held if place.list_id == list_id]
            return self._versions[list_id], frozenset(held)

    def reserve(self, list_id: str, task_id: str, version: int) -> Reservation | None:
        """A place for the task until `release`; None: another version holds by now."""
        with self._lock:
            if self._versions[list_id] != version:
                return None
            self._versions[list_id] += 1
            reservation = Reservation(list_id, task_id)
            self._held.add(reservation)
            return reservation

    def release(self, reservation: Reservation) -> None:
        """Give the place up, once the mirror shows what came of it.

        Who asks `read` first and for the mirror then finds the task in at least one of them.
        """
        with self._lock:
            self._held.discard(reservation)
