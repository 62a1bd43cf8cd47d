"""The part of Grafana that keeps alerts and silences: Alertmanager's API below Grafana's path, with
its token, its status codes and its own labels.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import orjson

from tests.http_server import Handler, serving

PATH = "/api/alertmanager/grafana/api/v2/"
Object = dict[str, Any]


class Grafana:
    """Alerts that fire, and silences by id. `token`: of a service account."""

    def __init__(self, token: str) -> None:
        self.token, self.address = token, ""
        self.alerts: dict[str, dict[str, str]] = {}
        self.silences: dict[str, Object] = {}
        self._numbers = count(1)

    def fire(self, fingerprint: str, name: str) -> None:
        """An alert rule of this name fires; Grafana adds labels of its own."""
        own = {"grafana_folder": "Serving", "__alert_rule_uid__": f"uid-{fingerprint}"}
        self.alerts[fingerprint] = {"alertname": name, **own}

    def silence(self, body: Object) -> Object:
        """A new silence."""
        silence_id = f"silence-{next(self._numbers)}"
        self.silences[silence_id] = {**body, "id": silence_id, "status": {"state": "active"}}
        return {"silenceID": silence_id}

    def expire(self, silence_id: str) -> bool:
        """Whether there was one that held."""
        silence = self.silences.get(silence_id)
        if silence is None or silence["status"]["state"] == "expired":
            return False
        silence["status"] = {"state": "expired"}
        return True

    def list_alerts(self) -> list[Object]:
        """Each with the silences that match all of their labels."""
        return [self._show(fingerprint, labels) for fingerprint, labels in self.alerts.items()]

    def _show(self, fingerprint: str, labels: dict[str, str]) -> Object:
        silenced_by = [
            silence["id"]
            for silence in self.silences.values()
            if silence["status"]["state"] == "active"
            if all(labels.get(m["name"]) == m["value"] for m in silence["matchers"])
        ]
        state = "suppressed" if silenced_by else "active"
        status = {"state": state, "silencedBy": silenced_by, "inhibitedBy": []}
        return {"fingerprint": fingerprint, "labels": labels, "annotations": {}, "status": status}


@contextmanager
def grafana(token: str) -> Iterator[Grafana]:  # noqa: C901
    """While it runs."""
    tool = Grafana(token)

    class Api(Handler):
        """Refuses whoever has another token."""

        def get(self) -> None:
            lists = {"alerts": tool.list_alerts, "silences": lambda: [*tool.silences.values()]}
            if self._may() and (read := lists.get(self._name())):
                self._answer(HTTPStatus.OK, read())

        def post(self) -> None:
            body = orjson.loads(self.body())
            if self._may() and self._name() == "silences":
                self._answer(HTTPStatus.ACCEPTED, tool.silence(body))

        def do_DELETE(self) -> None:  # noqa: N802
            self.body()
            if self._may():
                ended = tool.expire(self._name().removeprefix("silence/"))
                message = "silence deleted" if ended else "silence not found"
                status = HTTPStatus.OK if ended else HTTPStatus.NOT_FOUND
                self._answer(status, {"message": message})

        def _name(self) -> str:
            return urlsplit(self.path).path.removeprefix(PATH)

        def _may(self) -> bool:
            allowed = self.headers.get("Authorization") == f"Bearer {tool.token}"
            if not allowed:
                self._answer(HTTPStatus.UNAUTHORIZED, {"message": "Invalid API key"})
            return allowed

        def _answer(self, status: HTTPStatus, body: object) -> None:
            self.answer(status, orjson.dumps(body), Content_Type="application/json")

    with serving(Api) as server:
        tool.address = f"http://127.0.0.1:{server.server_port}"
        yield tool
