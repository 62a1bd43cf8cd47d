"""How long an engine waits before it starts another worker in place of one that ended."""

from typing import Final

FIRST_S: Final = 0.5
LONGEST_S: Final = 5.0
STEADY_S: Final = 10.0
"""A worker that ran longer than this did not end soon."""


class Waits:
    """Twice as long with each worker that ended soon."""

    def __init__(self) -> None:
        self._next_s = FIRST_S

    def after(self, ran_s: float) -> float:
        """Seconds to wait after a worker that ran so long."""
        wait_s = FIRST_S if ran_s > STEADY_S else self._next_s
        self._next_s = min(2 * wait_s, LONGEST_S)
        return wait_s
