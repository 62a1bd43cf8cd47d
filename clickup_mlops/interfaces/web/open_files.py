"""How many files the process may have open, and what that leaves for connections.

Without a free descriptor the server accepts nobody, the store opens no file and the client connects
to nothing. So connections get only what the rest of the bot does not need.
"""

from dataclasses import dataclass
from typing import Final

from clickup_mlops import logs
from clickup_mlops.interfaces.web.connections import Limits

NEEDED: Final = 36
"""Descriptors of everything else: database, calls, workers, logs."""
_LEAST: Final = 8
_WAITING: Final = 4
"""Of so many accepted connections one may wait: the others are for those that are answered."""

_HINT: Final = (
    "Allow more open files: LimitNOFILE= of systemd, `ulimit -n`, or ulimits of a container."
)


@dataclass(frozen=True, slots=True)
class Fitting:
    """Limits of connections that fit the limit of open files."""

    request_s: float
    connections: int
    connections_per_peer: int
    accepted: int
    """Connections that the server takes: room for others until those that wait are closed."""


def fitting(limits: Limits, files: int) -> Fitting:
    """The limits, with fewer connections if so many files leave no room for them."""
    accepted = 2 * limits.connections
    if accepted <= files - NEEDED:
        return Fitting(limits.request_s, limits.connections, limits.connections_per_peer, accepted)
    accepted = max(_LEAST, files - NEEDED)
    connections = min(limits.connections, accepted // _WAITING)
    logs.get().warning("few_open_files", files=files, connections=connections, hint=_HINT)
    per_peer = min(limits.connections_per_peer, connections)
    return Fitting(limits.request_s, connections, per_peer, accepted)
