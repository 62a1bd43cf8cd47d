"""Webhook deliveries: signature, parsing and keys."""

import contextlib
import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup import webhook
from clickup_mlops.errors import BadPayload, BadSignature

secrets = st.text(min_size=1, max_size=40)
HOOK = "7fa3ec74-69a8-4530-a251-8a13730bd204"


def delivery(**change: Any) -> bytes:
    item = {
        "id": "2800773800802162647",
        "type": 1,
        "date": "1642735267148",
        "field": "priority",
        "parent_id": "162641062",
        "user": {"id": 183, "username": "John"},
        "before": None,
        "after": {"id": "2", "priority": "high"},
    }
    body = {
        "event": "taskPriorityUpdated",
        "history_items": [item],
        "task_id": "1vj38vv",
        "webhook_id": HOOK,
    }
    return orjson.dumps(body | change)


@given(st.binary(), secrets, st.lists(secrets, max_size=2))
def test_what_was_signed_is_accepted(body: bytes, secret: str, others: list[str]) -> None:
    """Any of the known secrets may have signed it, so that they can be rotated."""
    webhook.verify(body, webhook.sign(body, secret), [*others, secret])


@given(st.binary(), secrets, st.lists(secrets, max_size=2), st.text())
def test_anything_else_is_refused(
    body: bytes, secret: str, others: list[str], signature: str
) -> None:
    """Another text, another secret, another body or no secret at all: BadSignature."""
    known = [other for other in others if other != secret]
    for wrong in (signature, webhook.sign(body, secret)):
        with pytest.raises(BadSignature):
            webhook.verify(body, wrong, known)
    with pytest.raises(BadSignature):
        webhook.verify(body + b"!", webhook.sign(body, secret), [secret])


def test_an_event_is_read_into_its_parts() -> None:
    """Ids, kind, change, who and when."""
    event = webhook.parse(delivery())
    assert (event.kind, event.task_id, event.list_id) == (
        "taskPriorityUpdated",
        "1vj38vv",
        "162641062",
    )
    assert event.date_ms == 1642735267148
    (item,) = event.items
    assert (item.field, item.user_id, item.before) == ("priority", 183, None)
    assert item.after == {"id": "2", "priority": "high"}


def test_the_general_and_the_special_event_of_one_change_are_two() -> None:
    """ClickUp announces a change twice with the same history item: both are kept."""
    special, general = webhook.parse(delivery()), webhook.parse(delivery(event="taskUpdated"))
    assert special.key == f"{HOOK}:2800773800802162647:taskPriorityUpdated"
    assert special.key != general.key


def test_a_redelivery_has_the_same_key() -> None:
    """Also where there is no history item to go by."""
    gone = delivery(event="taskDeleted", history_items=[])
    assert webhook.parse(gone).key == webhook.parse(gone).key
    assert (
        webhook.parse(gone).key
        != webhook.parse(delivery(event="taskDeleted", history_items=[], task_id="x")).key
    )


def test_official_examples_are_understood(reference_dir: Path) -> None:
    """Every example body of ClickUp's documentation parses and is keyed."""
    files = sorted((reference_dir / "clickup" / "payloads").glob("*.json"))
    assert files
    for file in files:
        event = webhook.parse(orjson.dumps(json.loads(file.read_text())))
        assert event.kind == file.stem
        assert event.task_id or event.list_id
        assert bool(event.items) == (file.stem not in ("taskDeleted", "listCreated"))


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[1]", "not a JSON object"),
        (b"{}", "webhook_id"),
        (delivery(history_items="no"), "history_items"),
        (delivery(history_items=[1]), r"history_items\[0\]"),
        (delivery(history_items=[{"date": "soon"}]), r"history_items\[0\]"),
        (delivery(history_items=[{"date": "9" * 5000}]), r"history_items\[0\]"),
        (delivery(history_items=[{"date": 1e25}]), r"history_items\[0\]"),
        (delivery(task_id=["a"]), "task_id"),
        (delivery(task_id="x" * 300), "task_id"),
        (delivery(event=True), "event"),
    ],
)
def test_what_is_no_event_is_refused_with_its_place(body: bytes, names: str) -> None:
    """BadPayload names the key."""
    with pytest.raises(BadPayload, match=names):
        webhook.parse(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
KEYS = ("event", "webhook_id", "task_id", "list_id", "history_items")
ITEM = st.dictionaries(
    st.sampled_from(["id", "type", "date", "user", "parent_id", "field"]), json_values
)


@given(st.dictionaries(st.sampled_from(KEYS), json_values | st.lists(ITEM)) | json_values)
def test_any_json_parses_or_is_a_bad_payload(body: Any) -> None:
    """No signed body can stop the bot."""
    raw = delivery(**body) if isinstance(body, dict) else orjson.dumps(body)
    with contextlib.suppress(BadPayload):
        webhook.parse(raw)
