"""Warns if another process serves from the same SQLite file, which is for one process.

Leases keep their lanes apart, so nothing is done twice; but they wait for each other's writes, and
on a network drive SQLite's locks may fail.
"""

import os
import secrets
import socket
import sys
from contextlib import suppress

from clickup_mlops import logs
from clickup_mlops.bot.clock import Clock
from clickup_mlops.store.tables.leases import PROCESS, Leases

_log = logs.get()


class SoleProcess:
    """`look` from time to time, at least every `lease_ms`."""

    def __init__(self, leases: Leases, clock: Clock, lease_ms: int) -> None:
        self._leases, self._clock, self._lease_ms = leases, clock, lease_ms
        self._host, self._warned_of = socket.gethostname(), ""
        self._me = f"{self._host}:{os.getpid()}:{secrets.token_hex(3)}"

    def start(self) -> None:
        """Takes the lease. The lanes of a killed process do not wait for the end of theirs."""
        holder = self._leases.holder(PROCESS, self._clock())
        if holder is not None and self._is_gone(holder):
            self._leases.release_all(holder.rsplit(":", 1)[0])
        self.look()

    def look(self) -> None:
        """Takes the lease, or keeps it; warns once of each other process that has it."""
        now = self._clock()
        if self._leases.take(PROCESS, self._me, now, now + self._lease_ms):
            return
        holder = self._leases.holder(PROCESS, now)
        if holder is None or holder == self._warned_of or not self._may_run(holder):
            return
        self._warned_of = holder
        host, pid, _ = holder.rsplit(":", 2)
        _log.warning(
            "store_is_shared",
            problem=f"process {pid} on {host} serves from the same SQLite file, or did just now",
            hint="Stop one of them. For several processes set store.url to a PostgreSQL database.",
        )

    def end(self) -> None:
        """Gives the lease up."""
        self._leases.release(PROCESS, self._me)

    def _may_run(self, holder: str) -> bool:
        """Not if it was killed: its lease ends soon. On another machine nobody knows."""
        before = f"{self._host}:{os.getpid()}"  # the process before this one in a container
        return holder.rsplit(":", 1)[0] != before and not self._is_gone(holder)

    def _is_gone(self, holder: str) -> bool:
        """Whether it was on this machine, and certainly runs no more."""
        host, pid, _ = holder.rsplit(":", 2)
        if host != self._host or sys.platform == "win32":  # asking would end the process there
            return False
        with suppress(PermissionError):
            try:
                os.kill(int(pid), 0)
            except ProcessLookupError:
                return True
        return False
