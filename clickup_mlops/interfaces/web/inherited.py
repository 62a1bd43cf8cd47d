"""A listening socket outlives the program that the process runs: no connection is refused while
the process starts anew with changed settings.
"""

import os
import socket
from collections.abc import Mapping
from typing import Final

VARIABLE: Final = "CLICKUP_MLOPS_LISTENER"
"""Number of the open file that the next program takes over."""
_listening: list[int] = []


def remember(listener: socket.socket) -> None:
    """This socket listens; whoever serves may take its file over meanwhile."""
    _listening[:] = [listener.fileno()]


def keep() -> Mapping[str, str]:
    """Keep it open for the next program, which needs these variables. Before the server stops."""
    if not _listening:
        return {}
    file = os.dup(_listening[0])
    os.set_inheritable(file, True)
    return {VARIABLE: str(file)}


def take(host: str, port: int) -> socket.socket | None:
    """The socket of the program before, if it listens there; once."""
    file = os.environ.pop(VARIABLE, "")
    if not file.isdigit():
        return None
    try:
        listener = socket.socket(fileno=int(file))
        address = listener.getsockname()
    except OSError:
        return None
    listener.set_inheritable(False)
    if address[0] == host and port in (0, address[1]):
        return listener
    listener.close()
    return None
