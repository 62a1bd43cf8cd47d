"""Webhook bodies have the keys and types of the official sample payloads."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from clickup_mlops.sandbox import Sandbox
from tests.http_server import Handler, serving

SAMPLES = (
    "taskCreated taskUpdated taskStatusUpdated taskPriorityUpdated taskTagUpdated taskMoved"
    " taskCommentPosted taskDeleted listCreated"
)


@pytest.fixture
def bodies(clickup_sandbox: Sandbox) -> dict[str, Any]:
    """The last body of each event that a short working day fires."""
    bodies_by_event: dict[str, Any] = {}

    class Hook(Handler):
        def post(self) -> None:
            body = json.loads(self.body())
            fields = {item["field"] for item in body.get("history_items", [])}
            if body["event"] != "taskUpdated" or fields == {"custom_field"}:
                bodies_by_event[body["event"]] = body
            self.answer(200)

    with serving(Hook) as server:
        _work(clickup_sandbox, f"http://127.0.0.1:{server.server_port}")
        assert clickup_sandbox.control.deliveries.wait_idle(10)
    return bodies_by_event


def _work(sandbox: Sandbox, endpoint: str) -> None:
    base, headers = f"{sandbox.url}/api/v2", {"Authorization": sandbox.token}
    hook = {"endpoint": endpoint, "events": "*"}
    requests.post(f"{base}/team/{sandbox.team_id}/webhook", json=hook, headers=headers)
    space = sandbox.control.space_id("Team")
    requests.post(f"{base}/space/{space}/list", json={"name": "New"}, headers=headers)
    sandbox.control.create_field("Selection", "drop_down", choices=["Monthly", "Yearly"])
    maria = sandbox.control.as_user("Maria")
    task = maria.create_task("Tasks", "x")
    maria.set_priority(task, "high")
    maria.set_status(task, "in progress")
    maria.tag(task, "def")
    maria.set_field(task, "Selection", "Yearly")
    maria.comment(task, "comment abc1234")
    maria.move(task, "Inbox")
    maria.delete(task)


def _shape(value: Any) -> Any:
    """Keys and types; of a list, those of its first element."""
    if isinstance(value, dict):
        return {key: _shape(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return type(value).__name__


def _missing(sample: Any, ours: Any, where: str = "") -> list[str]:
    """What the sample has and we lack. Null and absent matter to nobody who reads the sample."""
    if isinstance(sample, dict):
        if not isinstance(ours, dict):
            return [f"{where}: {ours} instead of an object"]
        lacking = [f"{where}.{key} is missing" for key in sample if key not in ours]
        shared = [key for key in sample if key in ours]
        return lacking + [p for k in shared for p in _missing(sample[k], ours[k], f"{where}.{k}")]
    if isinstance(sample, list):
        return _missing(sample[0], ours[0], f"{where}[]") if sample and ours else []
    return [] if "NoneType" in (sample, ours) or sample == ours else [f"{where}: {ours}"]


@pytest.mark.parametrize("event", SAMPLES.split())
def test_a_body_has_what_the_sample_has(
    bodies: dict[str, Any], reference_dir: Path, event: str
) -> None:
    """Same keys, same types, down to the definition of a custom field."""
    sample = json.loads((reference_dir / "clickup" / "payloads" / f"{event}.json").read_text())

    assert _missing(_shape(sample), _shape(bodies[event])) == []
    assert set(bodies[event]) == set(sample)
