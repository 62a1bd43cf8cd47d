"""Entries of the timeline, from what ClickUp and tools send."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.bot.handle.results.timeline_entries import LONGEST, Of, reported
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.store import InboxRow
from clickup_mlops.store.tables.timeline import Entry

OF = Of("900", "t1")
TO_DO = {"status": "to do", "type": "open"}
LIVE = {"status": "live", "type": "custom"}
REPORT = {
    "type": "report",
    "key": "k",
    "title": "nightly: running",
    "state": "",
    "severity": "",
    "links": {},
    "facts": {},
}
ROW = InboxRow(
    "r1", "integration:ci", "900", "integration:ci.x", "integration:ci", None, b"", None, 5_000,
    id=1, state="ready", attempts=0, due_ms=0, error="",
)  # fmt: skip


def _item(number: int, field: str, before: Any, after: Any, **more: Any) -> dict[str, Any]:
    user = {"id": 7, "username": "Ana"}
    item = {"id": f"{number}", "type": 1, "parent_id": "55", "date": f"{1_000 + number}"}
    return item | {"field": field, "user": user, "before": before, "after": after} | more


def _event(kind: str, *items: dict[str, Any]) -> Event:
    body = {"event": kind, "webhook_id": "w", "task_id": "t1", "history_items": [*items]}
    return webhook.parse(orjson.dumps(body))


FIRST = _item(1, "status", {"status": None}, TO_DO)
MADE = _item(2, "task_creation", None, None)
MOVED = _item(3, "status", TO_DO, LIVE)
RAISED = _item(4, "priority", None, {"id": "2", "priority": "high"})
EVENTS = [
    _event("taskCreated", FIRST, MADE),
    _event("taskStatusUpdated", FIRST),
    _event("taskUpdated", MOVED),
    _event("taskStatusUpdated", MOVED),
    _event("taskUpdated", RAISED),
    _event("taskPriorityUpdated", RAISED),
]


def _collect_entries(batches: Sequence[Sequence[Event]]) -> dict[str, Entry]:
    """What the store has after these batches: of each key the first entry."""
    by_key: dict[str, Entry] = {}
    for events in batches:
        for entry in OF.events(events):
            by_key.setdefault(entry.key, entry)
    return by_key


@given(st.permutations(EVENTS), st.lists(st.integers(1, 6), max_size=3))
def test_however_events_come_each_change_has_one_entry(events, cuts) -> None:
    """In any order, together or one by one, twice."""
    bounds = [0, *sorted(set(cuts)), len(events)]
    batches = [events[a:b] for a, b in pairwise(bounds) if a < b]

    entries = _collect_entries([*batches, *batches])

    assert sorted(entry.kind for entry in entries.values()) == ["created", "priority", "status"]
    assert entries == _collect_entries([EVENTS])


def test_the_status_of_a_creation_that_came_without_it_is_not_lost() -> None:
    """Where the task was created under way."""
    under_way = _item(1, "status", {"status": None}, LIVE)

    entries = _collect_entries(
        [[_event("taskCreated", MADE)], [_event("taskStatusUpdated", under_way)]]
    )

    created, status = entries.values()
    assert created.value == {"to": "", "type": "open", "list": "55"}
    assert (status.kind, status.value["to"]) == ("status", "live")


def test_an_edited_comment_is_no_second_one() -> None:
    """ClickUp reports the edit under the item of the comment."""
    item = _item(5, "comment", None, "c1", comment={"text_content": "Rolled back\n"})
    edited = _event("taskCommentUpdated", item | {"comment": {"text_content": "Rolled on"}})

    (entry,) = OF.events([_event("taskCommentPosted", item), edited])
    assert (entry.text, entry.value) == ("Rolled back", {"id": "c1"})


@pytest.mark.parametrize("after", [None, "text", 5, [], {}, {"status": 5}, {"status": None}])
def test_what_has_an_unexpected_shape_is_kept_without_harm(after: Any) -> None:
    """ClickUp writes what it likes."""
    items = [
        _item(n, field, after, after) for n, field in enumerate(("status", "priority", "x"), 1)
    ]

    assert all(
        entry.value["to"] in ("", "text", "5", 5, None)
        for entry in OF.events([_event("u", *items)])
    )


def test_no_text_is_endless_or_refused_by_a_database() -> None:
    long = _item(5, "comment", None, "c", comment={"text_content": "a\0b" * 1_000})

    (entry,) = OF.events([_event("taskCommentPosted", long)])
    assert len(entry.text) == LONGEST + 1
    assert "\0" not in entry.text


@pytest.mark.parametrize(
    ("report", "about", "kind"),
    [
        ({"state": "firing"}, "pipeline", "alert"),
        ({"state": "resolved", "type": "deployment.done"}, "pipeline", "alert"),
        ({"type": "deployment_status.success", "state": "succeeded"}, "pipeline", "deployment"),
        ({"state": "running"}, "deployment", "deployment"),
        ({"type": "release.published"}, "pipeline", "version"),
        ({"type": "model_version.created"}, "pipeline", "version"),
        ({"facts": {"version": "3"}}, "pipeline", "version"),
        ({"state": "failed"}, "pipeline", "pipeline"),
    ],
)
def test_a_report_is_what_it_says_or_what_its_tool_reports(
    report: dict[str, Any], about: Any, kind: str
) -> None:
    (entry,) = reported(ROW, about, REPORT | report, [])

    assert (entry.kind, entry.task_id, entry.at_ms, entry.actor) == (kind, "", 5_000, "ci")
    assert entry.value["state"] == report.get("state", "")


def test_a_report_about_two_tasks_has_an_entry_for_each() -> None:
    """With the first link and who did it; facts never replace what the tool says of its state."""
    facts = {"actor": "Ben", "state": "odd", **{f"f{n}": "x" for n in range(50)}}
    report = REPORT | {"facts": facts, "links": {"log": "https://ci.example/1"}, "state": "failed"}

    first, two = reported(ROW, "pipeline", report, ["t1", "t2"])

    assert (first.key, two.key, first.actor, two.url) == (
        "r1",
        "r1:t2",
        "Ben",
        "https://ci.example/1",
    )
    assert first.value["state"] == "failed"
    assert len(first.value) < 25


def test_what_was_missed_is_what_was_not_seen() -> None:
    """Nothing, if all is known; else the status, at the time when it closed the task if it did."""
    raw = {"id": "t1", "date_created": "100", "date_updated": "900", "list": {"id": "55"}}
    live = Task(raw | {"status": LIVE})
    created, status = OF.missed(live, ())
    assert (created.key, created.at_ms, status.at_ms) == ("created:t1", 100, 900)
    assert status.value["found"] is True
    assert [*OF.missed(live, [created, status])] == []

    closed = Task(raw | {"status": {"status": "done", "type": "closed"}, "date_closed": "800"})
    (entry,) = OF.missed(closed, [created, status])
    assert (entry.at_ms, entry.value["from"], entry.value["type"]) == (800, "live", "closed")
    assert "found" not in entry.value
