"""A bare HTTP caller and a webhook endpoint of our own, so that the sandbox is met on the wire."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from clickup_mlops.sandbox import Sandbox
from tests.http_server import Handler, serving


class Api:
    """Calls the sandbox as any HTTP client would."""

    def __init__(self, sandbox: Sandbox, token: str = "") -> None:
        self.sandbox, self.token = sandbox, token or sandbox.token
        self.session = requests.Session()

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Authorization": self.token} | more.pop("headers", {})
        return self.session.request(
            method, f"{self.sandbox.url}/api{path}", headers=headers, timeout=20, **more
        )

    def get(self, path: str, **params: Any) -> Any:
        return self._read_ok(self.call("GET", path, params=params))

    def post(self, path: str, body: Any = None, **params: Any) -> Any:
        return self._read_ok(self.call("POST", path, json=body or {}, params=params))

    def put(self, path: str, body: Any = None) -> Any:
        return self._read_ok(self.call("PUT", path, json=body or {}))

    def delete(self, path: str, **params: Any) -> Any:
        return self._read_ok(self.call("DELETE", path, params=params))

    def refused(self, method: str, path: str, **more: Any) -> tuple[int, str]:
        answer = self.call(method, path, **more)
        return answer.status_code, answer.json().get("ECODE", "")

    def control(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.session.request(
            method, f"{self.sandbox.url}/_sandbox{path}", timeout=20, **more
        )

    @staticmethod
    def _read_ok(answer: requests.Response) -> Any:
        assert answer.ok, (answer.status_code, answer.text)
        return answer.json() if answer.content else None


@pytest.fixture
def api(clickup_sandbox: Sandbox) -> Api:
    return Api(clickup_sandbox)


@pytest.fixture
def tasks_list(clickup_sandbox: Sandbox) -> str:
    return clickup_sandbox.control.list_id("Tasks")


@dataclass
class Received:
    event: str
    body: dict[str, Any]
    raw: bytes
    signature: str
    at: float

    def signed_with(self, secret: str) -> bool:
        return hmac.new(secret.encode(), self.raw, hashlib.sha256).hexdigest() == self.signature


@dataclass
class Hook:
    """A webhook endpoint. `answers` decides the status of each delivery."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: Callable[[Received], int] = lambda _request: 200

    def events(self) -> list[str]:
        return [request.event for request in self.received]

    def items(self, event: str) -> list[dict[str, Any]]:
        requests = [request for request in self.received if request.event == event]
        return [item for request in requests for item in request.body["history_items"]]


@pytest.fixture
def hook() -> Iterator[Hook]:
    receiver = Hook()

    class Receiver(Handler):
        protocol_version = "HTTP/1.1"

        def post(self) -> None:
            raw = self.body()
            body = json.loads(raw)
            request = Received(body["event"], body, raw, self.headers["X-Signature"], time.time())
            receiver.received.append(request)
            self.answer(receiver.answers(request))

    with serving(Receiver) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        yield receiver


@pytest.fixture
def listening(api: Api, hook: Hook) -> dict[str, Any]:
    """A webhook for every event of the Workspace."""
    body = {"endpoint": hook.url, "events": "*"}
    return api.post(f"/v2/team/{api.sandbox.team_id}/webhook", body)["webhook"]
