"""Webhook deliveries: signature, parsing and keys."""

import contextlib
import json
from dataclasses import replace
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
def test_what_was_signed_is_accepted(body: bytes, secret: str, other_secrets: list[str]) -> None:
    """Any of the known secrets may have signed it, so that they can be rotated."""
    webhook.verify(body, webhook.sign(body, secret), [*other_secrets, secret])


@given(st.binary(), secrets, st.lists(secrets, max_size=2), st.text())
def test_anything_else_is_refused(
    body: bytes, secret: str, other_secrets: list[str], signature: str
) -> None:
    """Another text, another secret, another body or no secret at all: BadSignature."""
    live_secrets = [candidate for candidate in other_secrets if candidate != secret]
    for wrong in (signature, webhook.sign(body, secret)):
        with pytest.raises(BadSignature):
            webhook.verify(body, wrong, live_secrets)
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
    assert special.key.startswith(f"{HOOK}:2800773800802162647:taskPriorityUpdated:")
    assert special.key != general.key
    assert not webhook.may_repeat(special)


def test_a_redelivery_has_the_same_key() -> None:
    """Also where there is no history item to go by."""
    deletion = delivery(event="taskDeleted", history_items=[])
    assert webhook.parse(deletion).key == webhook.parse(deletion).key
    assert (
        webhook.parse(deletion).key
        != webhook.parse(delivery(event="taskDeleted", history_items=[], task_id="x")).key
    )


def test_a_stored_event_has_the_key_that_it_is_stored_under() -> None:
    """It says more than the body does, for an event that may come again; the rest is the same."""
    body = b'{"event":"taskDeleted","task_id":"x1","webhook_id":"w"}'
    first = webhook.parse(body)
    assert webhook.parse(body, known_key=f"{first.key}:7") == replace(first, key=f"{first.key}:7")


def test_the_order_of_keys_and_who_did_it_make_no_other_event() -> None:
    """A body that is written again, or a person with a new picture, tells the same change."""
    raw = orjson.loads(delivery())
    again = {name: raw[name] for name in reversed(raw)}
    (item,) = raw["history_items"]
    again["history_items"] = [{name: item[name] for name in reversed(item)}]
    again["history_items"][0]["user"] = {"id": 183, "username": "John", "profilePicture": "new"}

    assert webhook.parse(orjson.dumps(again)).key == webhook.parse(delivery()).key


COMMENT: dict[str, Any] = {
    "id": "2800803631413624919",
    "type": 1,
    "date": "1642737045116",
    "field": "comment",
    "before": None,
    "after": "648893191",
}


def edited(text: str) -> bytes:
    """ClickUp tells an edit under the item and the date of the posted comment."""
    comment = {"id": "648893191", "date": "1642737045116", "text_content": text}
    item = COMMENT | {"comment": comment}
    return delivery(event="taskCommentUpdated", history_items=[item])


@pytest.mark.parametrize(
    ("first_body", "second_body"),
    [
        (edited("first"), edited("second")),
        (
            delivery(history_items=[COMMENT | {"field": "time_spent", "after": {"time": "1"}}]),
            delivery(history_items=[COMMENT | {"field": "time_spent", "after": {"time": "2"}}]),
        ),
        (
            delivery(event="taskTimeTrackedUpdated", data={"description": "Created"}),
            delivery(event="taskTimeTrackedUpdated", data={"description": "Deleted"}),
        ),
        (
            delivery(history_items=[COMMENT]),
            delivery(history_items=[COMMENT, COMMENT | {"id": "7", "field": "status"}]),
        ),
        (delivery(event="taskDeleted"), delivery(event="taskDeleted", task_id="1vj38vw")),
    ],
)
def test_what_differs_under_the_same_item_is_two_events(
    first_body: bytes, second_body: bytes
) -> None:
    """The key has what the items tell, too."""
    first, second = webhook.parse(first_body), webhook.parse(second_body)
    assert first.kind == second.kind
    assert first.key != second.key


@pytest.mark.parametrize(
    ("body", "again"),
    [
        (edited("x"), True),
        (delivery(event="taskTimeTrackedUpdated", history_items=[COMMENT]), True),
        (delivery(event="taskDeleted", history_items=[]), True),
        (delivery(event="spaceUpdated", task_id=None, history_items=None, space_id="5"), True),
        (delivery(event="taskCommentPosted", history_items=[COMMENT]), False),
        (delivery(event="taskUpdated"), False),
    ],
)
def test_only_what_nothing_tells_apart_may_come_again(body: bytes, again: bool) -> None:
    """A change of a task has an item of its own; a comment is posted once."""
    assert webhook.may_repeat(webhook.parse(body)) == again


def test_an_edit_happens_when_it_comes() -> None:
    """Its item has the date of the comment."""
    assert (
        webhook.choose_time_ms(webhook.parse(edited("x")), 1_700_000_000_000) == 1_700_000_000_000
    )
    assert webhook.choose_time_ms(webhook.parse(delivery()), 1_700_000_000_000) == 1_642_735_267_148


def test_a_body_that_nobody_can_write_again_is_refused() -> None:
    """So deep that it could not be stored again as a part of something else."""
    deep = b"[" * 400 + b"]" * 400
    with pytest.raises(BadPayload, match="deep"):
        webhook.parse(delivery(history_items=[COMMENT | {"after": 1}]).replace(b"1}", deep + b"}"))


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


@pytest.mark.parametrize("task_id", ["out:x", "cron:prune", "a b", "", "x" * 101, ["1"], True])
def test_what_is_no_tasks_id_is_refused(task_id: object) -> None:
    """It would be the name of another kind of lane."""
    with pytest.raises(BadPayload):
        webhook.parse(delivery(task_id=task_id))


@given(st.recursive(st.text(), lambda inner: st.lists(inner, max_size=2), max_leaves=5))
def test_nesting_is_counted_outside_of_texts(value: Any) -> None:
    """As deep as the value, whatever its texts hold."""
    for levels in (0, 120):
        nested = value
        for _ in range(levels):
            nested = [nested]
        body = orjson.dumps({"a": nested, "b": "[" * 200})
        if levels:
            with pytest.raises(BadPayload):
                webhook.read_object(body)
        else:
            assert webhook.read_object(body)["a"] == value
