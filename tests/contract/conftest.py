"""Every answer of the sandbox in these tests is judged by the official documents."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from clickup_mlops.sandbox import Sandbox
from tests.contract.official import Official


@pytest.fixture(scope="session")
def official(reference_dir: Path) -> Official:
    return Official(reference_dir)


@pytest.fixture
def judged(clickup_sandbox: Sandbox, official: Official) -> Iterator[Sandbox]:
    """A sandbox; at the end of the test the documents must agree with every answer it gave."""
    exchanges = []
    clickup_sandbox.stats.listeners.append(exchanges.append)
    yield clickup_sandbox
    problems = [problem for exchange in exchanges for problem in official.answer_problems(exchange)]
    assert exchanges, "the test made no call"
    assert not problems, "\n".join(problems)


class Caller:
    """Calls by method and path, and insists on the wanted status."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.team, self.control = sandbox.team_id, sandbox.control
        self._url, self._session = sandbox.url, requests.Session()
        self._session.headers["Authorization"] = sandbox.token

    def __call__(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        answer = self._session.request(method, f"{self._url}/api{path}", timeout=20, **more)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
def call(judged: Sandbox) -> Caller:
    return Caller(judged)


@pytest.fixture
def list_id(call: Caller) -> str:
    return call.control.list_id("Tasks")


@pytest.fixture
def task(call: Caller, list_id: str) -> dict[str, Any]:
    body = {
        "name": "Serve the model",
        "priority": 2,
        "tags": ["gpu"],
        "due_date": 1_800_000_000_000,
    }
    task: dict[str, Any] = call("POST", f"/v2/list/{list_id}/task", json=body)
    return task
