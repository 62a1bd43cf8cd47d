"""Who somebody is in the Workspace: asked rarely, and cached for a while."""

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
        self, ask: Callable[[], Mapping[int, int]], clock: Clock, *, remember_ms: int
    ) -> None:
        self._ask, self._clock, self._remember_ms = ask, clock, remember_ms
        # Replaced as a whole, without a lock: one that is held during a call would stop every
        # lane with a command. Two threads that ask at the same time cost a second call.
        self._known: tuple[int, Mapping[int, Role]] | None = None

    def of(self, user_id: int) -> Role | None:
        """At most one call; a stranger may have joined a moment ago.

        Raises:
            ApiError: ClickUp does not answer.
        """
        now = self._clock()
        if self._known is None or now - self._known[0] >= self._valid_ms(user_id, self._known[1]):
            roles = {user: _ROLES.get(number, "member") for user, number in self._ask().items()}
            self._known = now, roles
        return self._known[1].get(user_id)

    def _valid_ms(self, user_id: int, roles: Mapping[int, Role]) -> int:
        return self._remember_ms if user_id in roles else _NOT_AGAIN_MS
