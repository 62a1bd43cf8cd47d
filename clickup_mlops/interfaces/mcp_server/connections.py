"""Connections over which nobody asks anything: few, and not for long.

uvicorn counts every connection against its limit, and waits for ever for the first request of one.
So whoever connects and says nothing would shut out all others, without any token.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_IDLE: Final = 64
"""Connections without a request in progress; the longest idle ones are closed."""
MOST_IDLE_S: Final = 15.0
"""How long a connection may take for its next request, from its beginning to the end of the
header; an agent's connection that is kept between two requests ends sooner, after
`uvicorn.Config.timeout_keep_alive`."""


class BoundedConnection(H11Protocol):
    """One connection, as uvicorn handles it, within these limits."""

    _since_s = 0.0
    _ending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Somebody has connected: the connections that have been idle for longest make room."""
        super().connection_made(transport)
        self._since_s = self.loop.time()
        self._ending = self.loop.call_later(MOST_IDLE_S, self._end_if_idle)
        idle = [
            connection
            for connection in self.connections
            if isinstance(connection, BoundedConnection)
        ]
        idle = sorted(
            (connection for connection in idle if connection.is_idle),
            key=lambda connection: connection._since_s,
        )
        for connection in idle[:-MOST_IDLE]:
            connection.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed."""
        if self._ending is not None:
            self._ending.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """It is idle from now on."""
        self._since_s = self.loop.time()
        super().on_response_complete()

    @property
    def is_idle(self) -> bool:
        """Whether no request is in progress: its header has come, and its answer not yet gone."""
        return self.cycle is None or self.cycle.response_complete

    def _end_if_idle(self) -> None:
        left_s = self._since_s + MOST_IDLE_S - self.loop.time()
        if self.is_idle and left_s <= 0:
            self.transport.abort()
        else:
            wait_s = max(left_s, 0.0) if self.is_idle else MOST_IDLE_S
            self._ending = self.loop.call_later(wait_s, self._end_if_idle)
