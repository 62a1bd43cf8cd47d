"""A bare GraphQL caller, so that the sandbox is met on the wire."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from clickup_mlops.sandbox.monday import MondaySandbox


class Api:
    """Calls the sandbox as any HTTP client would."""

    def __init__(self, sandbox: MondaySandbox, token: str = "") -> None:
        self.sandbox, self.token = sandbox, token or sandbox.token
        self.session = requests.Session()

    def call(
        self, query: str, /, *, version: str = "2026-10", **variables: Any
    ) -> requests.Response:
        """The answer, whatever it is."""
        headers = {"Authorization": self.token, "API-Version": version}
        body = {"query": query, "variables": variables}
        url = f"{self.sandbox.url}/v2"
        return self.session.post(url, json=body, headers=headers, timeout=30)

    def __call__(self, query: str, /, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = self.call(query, **variables)
        body = answer.json()
        assert answer.status_code == 200 and "errors" not in body, body
        return body["data"]

    def refused(self, query: str, /, **variables: Any) -> tuple[int, str]:
        """Status and code of an answer with an error."""
        answer = self.call(query, **variables)
        error = answer.json()["errors"][0]
        return answer.status_code, error.get("extensions", {}).get("code", "")


@pytest.fixture
def api(monday_sandbox: MondaySandbox) -> Api:
    return Api(monday_sandbox)


@pytest.fixture
def as_user(monday_sandbox: MondaySandbox) -> Callable[[str], Api]:
    """A caller with the token of a user."""
    return lambda name: Api(monday_sandbox, monday_sandbox.control.token_of(name))
