"""How often a rule has acted in the last hour. Counted in this process; shared by its threads."""

import threading
from collections import deque

HOUR_MS = 3_600_000


class Caps:
    """Lets each rule act as often as its cap allows in any 60 minutes, and no more."""

    def __init__(self) -> None:
        self._acted: dict[str, deque[int]] = {}
        self._lock = threading.Lock()

    def take(self, rule: str, cap: int, now_ms: int) -> bool:
        """Counts one action of the rule; False, and nothing counted, if it has had its share."""
        with self._lock:
            acted = self._acted.setdefault(rule, deque())
            while acted and acted[0] <= now_ms - HOUR_MS:
                acted.popleft()
            if len(acted) >= cap:
                return False
            acted.append(now_ms)
            return True
