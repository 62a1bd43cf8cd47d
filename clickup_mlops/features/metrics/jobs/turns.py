"""When the next value may be written: after routing, evenly, and so that what is urgent finds room.

ClickUp counts calls in windows of a minute. Whoever uses up the window at its beginning writes old
numbers at its end, or has a breach wait for the next one. So ordinary values are spread over it,
and a part is left to those that clear a field or cross an objective.
"""

from typing import Final

from clickup_mlops.bot.clock import Clock
from clickup_mlops.clickup.budget import WINDOW_MS, PriorityClass
from clickup_mlops.clickup.governor import Governor
from clickup_mlops.features.metrics.placement.planning import Write

ORDINARY: Final = 0.6
"""Share of the token's calls that values may use which are not urgent."""


class Turns:
    """Of the token that `governor` counts for."""

    def __init__(self, governor: Governor, clock: Clock) -> None:
        self._governor, self._clock, self._next_ms = governor, clock, 0

    def wait_ms(self, write: Write) -> int:
        """How long the write still has to wait as things stand; 0: it is its turn.

        Raises:
            StoreUnavailable: the budget could not be read.
        """
        opening_ms = self._governor.opening_ms(PriorityClass.METRICS)
        if not write.is_urgent:
            opening_ms = max(opening_ms, self._next_ms)
        return max(0, opening_ms - self._clock())

    def take(self, write: Write) -> None:
        """It is made now."""
        limit = self._governor.limit
        if limit and not write.is_urgent:
            self._next_ms = self._clock() + int(WINDOW_MS / (ORDINARY * limit))
