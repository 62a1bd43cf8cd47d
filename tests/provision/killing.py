"""A client that dies at its n-th call, as a killed process does: before or after the effect."""

from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.sandbox import Sandbox


class Killed(BaseException):
    """Nothing in the product catches it: what was being done is simply over."""


class Killer(HTTPAdapter):
    """Sends over real HTTP, until call number `at` (from 1) or that write; None: never."""

    def __init__(self, at: int | None, *, after: bool, writes: bool) -> None:
        super().__init__()
        self.at, self.after, self.writes, self.calls = at, after, writes, 0

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        counts = not self.writes or request.method != "GET"
        self.calls += counts
        if not counts:
            return super().send(request, *args, **options)
        if self.calls == self.at and not self.after:
            raise Killed
        response = super().send(request, *args, **options)
        if self.calls == self.at:
            _ = response.content
            raise Killed
        return response


def mortal(
    sandbox: Sandbox, at: int | None = None, *, after: bool = True, writes: bool = False
) -> ClickUp:
    """A client of the bot's user that dies at its n-th call, or n-th write, and never pauses."""
    client = ClickUp(sandbox.token, base_url=sandbox.url, sleep=lambda _s: None)
    client.transport.session.mount("http://", Killer(at, after=after, writes=writes))
    return client
