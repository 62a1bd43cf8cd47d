"""What `event.history` counts."""

from dataclasses import replace

from clickup_mlops.automations.conditions.history import alike
from clickup_mlops.clickup.model import Event, HistoryItem
from tests.automations.support import NOW_MS, event

MINUTE_MS = 60_000


def _changed(number: int, field: str, after: str, at_ms: int, kind: str = "taskUpdated") -> Event:
    item = HistoryItem(str(number), field, at_ms, 7, "9", None, after, {})
    return replace(event(kind), key=f"{kind}-{number}", items=(item,), date_ms=at_ms)


def test_two_events_about_one_change_count_once() -> None:
    """ClickUp reports a status by `taskUpdated` and `taskStatusUpdated`, with the same item."""
    local = _changed(1, "status", "failed", NOW_MS)
    twin = _changed(1, "status", "failed", NOW_MS, "taskStatusUpdated")
    older = _changed(2, "status", "failed", NOW_MS - MINUTE_MS)

    result = alike(local, [(twin, NOW_MS), (older, NOW_MS), (local, NOW_MS)], NOW_MS)

    assert [entry.at_ms for entry in result] == [NOW_MS, NOW_MS - MINUTE_MS]


def test_other_properties_and_later_changes_do_not_count() -> None:
    """An event that is handled late counts what it would have counted in time."""
    local = _changed(1, "status", "failed", NOW_MS)
    later = _changed(2, "status", "failed", NOW_MS + MINUTE_MS)
    second = _changed(3, "priority", "high", NOW_MS - MINUTE_MS)

    assert len(alike(local, [(later, NOW_MS), (second, NOW_MS)], NOW_MS + 2 * MINUTE_MS)) == 1


def test_reports_of_a_kind_count_by_the_time_they_came() -> None:
    """They have no history items."""
    local = replace(event("integration:ci.failed"), key="b", date_ms=None)
    equal, second = replace(local, key="a"), replace(local, key="c", kind="integration:ci.passed")

    result = alike(local, [(local, NOW_MS), (equal, NOW_MS - 1), (second, NOW_MS - 2)], NOW_MS + 9)

    assert [entry.at_ms for entry in result] == [NOW_MS, NOW_MS - 1]
