"""A client that dies at its n-th call, as a killed process does: before or after the effect."""

from typing import Any

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.wire.port import Answer, Send
from clickup_mlops.sandbox import Sandbox


class Killed(BaseException):
    """Nothing in the product catches it: what was being done is simply over."""


class Killer:
    """Sends over real HTTP, until call number `at` (from 1) or that write; None: never."""

    def __init__(self, send: Send, at: int | None, *, after: bool, writes: bool) -> None:
        self._send = send
        self.at, self.after, self.writes, self.calls = at, after, writes, 0

    def __call__(self, method: str, url: str, **options: Any) -> Answer:
        counts = not self.writes or method != "GET"
        self.calls += counts
        if not counts:
            return self._send(method, url, **options)
        if self.calls == self.at and not self.after:
            raise Killed
        response = self._send(method, url, **options)
        if self.calls == self.at:
            raise Killed
        return response


def mortal(
    sandbox: Sandbox, at: int | None = None, *, after: bool = True, writes: bool = False
) -> ClickUp:
    """A client of the bot's user that dies at its n-th call, or n-th write, and never pauses."""
    client = ClickUp(sandbox.token, base_url=sandbox.url, sleep=lambda _s: None)
    wire = client.transport.wire
    wire.send = Killer(wire.send, at, after=after, writes=writes)
    return client
