"""Who somebody is in the Workspace: asked rarely, and believed for a while."""

import threading
from collections.abc import Callable, Mapping
from typing import Final

from clickup_mlops.bot.clock import Clock
from clickup_mlops.commands.model import Role

_ROLES: Final[Mapping[int, Role]] = {1: "owner", 2: "admin", 3: "member", 4: "guest"}
"""ClickUp's numbers (v2 `GET /team`); a custom role has another number: its holder is a member."""
_NOT_AGAIN_MS: Final = 60_000


class Roles:
    """The role of a user; None for a stranger. Safe for threads.

    `ask` gives ClickUp's number of the role by user id, in one call.
    """

    def __init__(
        self, ask: Callable[[], Mapping[int, int]], clock: Clock, *, believed_ms: int
    ) -> None:
        self._ask, self._clock, self._believed_ms = ask, clock, believed_ms
        self._known: dict[int, Role] = {}
        self._asked_ms: int | None = None
        self._lock = threading.Lock()

    def of(self, user_id: int) -> Role | None:
        """At most one call; a stranger may have joined a moment ago.

        Raises:
            ApiError: ClickUp does not tell.
        """
        with self._lock:
            fresh_ms = self._believed_ms if user_id in self._known else _NOT_AGAIN_MS
            if self._asked_ms is None or self._clock() - self._asked_ms >= fresh_ms:
                self._known = {user: _ROLES.get(n, "member") for user, n in self._ask().items()}
                self._asked_ms = self._clock()
            return self._known.get(user_id)
