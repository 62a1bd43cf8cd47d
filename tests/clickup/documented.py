"""Which documented operations the client's methods name, and which they really call."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.client.base import Resource
from clickup_mlops.clickup.wire.port import Wire
from tests.clickup.official import Official

_LINK = re.compile(r"https://developer\.clickup\.com/reference/(\w+)")


COMPOSED = frozenset(
    {
        "fields.set_named",
        "lists.find",
        "tasks.batch_create",
        "tasks.batch_delete",
        "tasks.batch_get",
        "tasks.batch_update",
        "tasks.find",
        "tasks.watch",
    }
)
"""Methods that send what others send, by calling them."""


def methods(clickup: ClickUp) -> Iterator[tuple[str, Resource, str]]:
    """Every public method: its full name, its resource, its own name."""
    for place, resource in vars(clickup).items():
        if isinstance(resource, Resource):
            for method in dir(resource):
                if not method.startswith("_"):
                    yield f"{place}.{method}", resource, method


def named(clickup: ClickUp) -> Mapping[str, set[str]]:
    """The pages that each method's docstring links, by the method's full name."""
    return {
        name: set(_LINK.findall(getattr(type(resource), method).__doc__ or ""))
        for name, resource, method in methods(clickup)
    }


def pages(official: Official) -> Mapping[str, str]:
    """Page of ClickUp's reference -> method and path; its name is the operation's id."""
    return {
        re.sub(r"\W", "", operation.raw["operationId"]).lower(): operation.name
        for operation in official.operations
    }


def look_at(wire: Wire, look: Callable[[requests.PreparedRequest], None]) -> None:
    """Have `look` see each request that is answered from now on."""
    send = wire.send

    def send_watched(method: str, url: str, *, body: Any, headers: Mapping[str, str]) -> Any:
        answer = send(method, url, body=body, headers=headers)
        look(prepare_request(method, url, body, headers))
        return answer

    wire.send = send_watched


def prepare_request(
    method: str, url: str, body: Any, headers: Mapping[str, str]
) -> requests.PreparedRequest:
    """The request as `requests` would send it."""
    request = requests.PreparedRequest()
    request.method, request.url, request.body = method, url, body
    request.headers = CaseInsensitiveDict(headers)
    return request


class Watch:
    """Notes from now on which methods of the client are called, and what each of them sends.

    A listing sends its requests while it is read: they belong to the method that was called last.
    """

    def __init__(self, clickup: ClickUp, official: Official) -> None:
        self.sent: dict[str, set[str]] = defaultdict(set)
        self._official = official
        self._active: list[str] = []
        self._last = ""
        for name, resource, method in methods(clickup):
            setattr(resource, method, self._noting(name, getattr(resource, method)))
        look_at(clickup.transport.wire, self._look)

    def _noting(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call_and_note(*args: Any, **options: Any) -> Any:
            self.sent[name] |= set()
            if not self._active:
                self._last = name
            self._active.append(name)
            try:
                return method(*args, **options)
            finally:
                self._active.pop()

        return call_and_note

    def _look(self, request: requests.PreparedRequest) -> None:
        method, path = str(request.method).lower(), urlsplit(request.url or "").path
        operation = self._official.operation(method, path)
        for name in self._active or [self._last]:
            self.sent[name].add(operation.name if operation else f"{method} {path}")
