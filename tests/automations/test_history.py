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
    own = _changed(1, "status", "failed", NOW_MS)
    twin = _changed(1, "status", "failed", NOW_MS, "taskStatusUpdated")
    older = _changed(2, "status", "failed", NOW_MS - MINUTE_MS)

    found = alike(own, [(twin, NOW_MS), (older, NOW_MS), (own, NOW_MS)], NOW_MS)

    assert [one.at_ms for one in found] == [NOW_MS, NOW_MS - MINUTE_MS]


def test_other_properties_and_later_changes_do_not_count() -> None:
    """An event that is handled late counts what it would have counted in time."""
    own = _changed(1, "status", "failed", NOW_MS)
    later = _changed(2, "status", "failed", NOW_MS + MINUTE_MS)
    other = _changed(3, "priority", "high", NOW_MS - MINUTE_MS)

    assert len(alike(own, [(later, NOW_MS), (other, NOW_MS)], NOW_MS + 2 * MINUTE_MS)) == 1


def test_reports_of_a_kind_count_by_the_time_they_came() -> None:
    """They have no history items."""
    own = replace(event("integration:ci.failed"), key="b", date_ms=None)
    same, other = replace(own, key="a"), replace(own, key="c", kind="integration:ci.passed")

    found = alike(own, [(own, NOW_MS), (same, NOW_MS - 1), (other, NOW_MS - 2)], NOW_MS + 9)

    assert [one.at_ms for one in found] == [NOW_MS, NOW_MS - 1]
