"""Rounds: every value that is worth a call gets its turn before one gets a second. Pure."""

from collections.abc import Iterable

from clickup_mlops.features.metrics.placement.planning import Key, Write

_EARLY_MS = 1_000


class Round:
    """A new one begins every `every_ms`, once the one before is over. What is urgent waits for
    none. Times in Unix ms.
    """

    def __init__(self, every_ms: int) -> None:
        self._every_ms, self._begun_ms = every_ms, -every_ms
        self._taken: set[Key] = set()
        self.is_open = False

    def begin(self, now_ms: int) -> None:
        """A pass begins: so does a round, if it is time."""
        if not self.is_open and now_ms - self._begun_ms >= self._every_ms - _EARLY_MS:
            self._taken.clear()
            self._begun_ms, self.is_open = now_ms, True

    def begin_anew(self, now_ms: int) -> bool:
        """Nothing of it remains: the next one begins, if it is time."""
        self.end()
        self.begin(now_ms)
        return self.is_open

    def select(self, writes: Iterable[Write]) -> list[Write]:
        """Those whose turn it is, in their order."""
        turns = (write for write in writes if write.is_urgent or self._has_turn(write.key))
        return sorted(turns, key=lambda write: write.turn)

    def take(self, key: Key) -> None:
        """It has had its turn."""
        self._taken.add(key)

    def end(self) -> None:
        """Nothing more is worth a call."""
        self.is_open = False

    def _has_turn(self, key: Key) -> bool:
        return self.is_open and key not in self._taken
