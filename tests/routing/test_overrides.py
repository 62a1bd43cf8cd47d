"""What a person's change of priority means."""

from datetime import timedelta

import pytest

from clickup_mlops.clickup.model import Event, HistoryItem, Person
from clickup_mlops.routing.facts import Origin, Override
from clickup_mlops.routing.overrides import find_override, is_importer, is_winning
from clickup_mlops.routing.policy import Policy
from tests.routing.support import DAY_MS, NOW_MS

RAW = {"user": {"id": 183, "username": "John"}}


def _event(*items: tuple[str, int, object], raw: dict | None = None) -> Event:
    parsed = tuple(
        HistoryItem(str(n), field, date_ms, 183, "1", None, after, RAW if raw is None else raw)
        for n, (field, date_ms, after) in enumerate(items)
    )
    return Event("k", "w", "taskUpdated", "t1", "1", None, None, parsed, None, {})


def test_a_person_is_kept_for_the_configured_time() -> None:
    """From the change on, not from its arrival."""
    event = _event(("priority", NOW_MS, {"id": "2", "priority": "high"}))
    policy = Policy(override_duration=timedelta(days=3))

    assert find_override(event, policy) == Override(2, "John", NOW_MS, NOW_MS + 3 * DAY_MS)


def test_the_newest_change_counts() -> None:
    """An event may report several."""
    event = _event(("priority", NOW_MS, {"id": "1"}), ("priority", NOW_MS - 1, {"id": "4"}))

    assert find_override(event, Policy()).priority == 1


def test_a_cleared_priority_releases_the_task() -> None:
    """ClickUp sends null; anything unreadable is taken the same way."""
    for after in (None, {}, {"id": "9"}, "2"):
        wish = find_override(_event(("priority", NOW_MS, after)), Policy())
        assert wish.priority is None
        assert not wish.holds(NOW_MS)


def test_other_changes_are_no_wish() -> None:
    """A status change, or nothing at all."""
    assert find_override(_event(("status", NOW_MS, {"status": "done"})), Policy()) is None
    assert find_override(_event(), Policy()) is None


def test_an_unknown_user_has_a_name_too() -> None:
    """The id, if there is no name."""
    event = _event(("priority", NOW_MS, {"id": "2"}), raw={})

    assert find_override(event, Policy()).user == "183"


@pytest.mark.parametrize(
    ("origin", "policy", "over_higher", "over_lower"),
    [
        ("change", Policy(keep_created="never", keep_existing="never"), True, True),
        ("creation", Policy(keep_existing="never"), True, True),
        ("creation", Policy(keep_created="higher"), False, True),
        ("creation", Policy(keep_created="never"), False, False),
        ("existing", Policy(keep_created="never"), True, True),
        ("existing", Policy(keep_existing="higher"), False, True),
        ("existing", Policy(keep_existing="never"), False, False),
        ("import", Policy(), False, False),
    ],
)
def test_where_a_priority_comes_from_decides_over_what_it_wins(
    origin: Origin, policy: Policy, over_higher: bool, over_lower: bool
) -> None:
    """High against Urgent and against Low, as long as it holds."""
    override = Override(2, "John", NOW_MS, NOW_MS + DAY_MS, origin)

    assert is_winning(override, 1, policy, NOW_MS) == over_higher
    assert is_winning(override, 4, policy, NOW_MS) == over_lower
    assert not is_winning(override, 4, policy, NOW_MS + DAY_MS)


def test_an_importer_is_known_by_name_address_or_number() -> None:
    """In any case; ClickUp's own automations without being listed."""
    jira = Person(7, "Jira Sync", "jira@example.org")

    for name in ("jira sync", "JIRA@example.org", "7"):
        assert is_importer(jira, Policy(importers=(name,)))
    assert not is_importer(jira, Policy())
    assert not is_importer(None, Policy())
    assert is_importer(Person(-1, "ClickBot", "clickbot@clickup.com"), Policy())
