"""Each alert of an incident once, with its beginning."""

import pytest

from clickup_mlops.features.incidents.alert_courses import list_courses
from clickup_mlops.store.tables.timeline import Entry

BEGAN_MS = 1_767_225_600_000
"""2026-01-01T00:00:00Z."""
LATER_MS = BEGAN_MS + 600_000


@pytest.mark.parametrize(
    ("starts", "first_ms"),
    [
        ("2026-01-01T00:00:00Z", BEGAN_MS),
        ("2026-01-01T01:00:00+01:00", BEGAN_MS),
        ("2026-01-01T05:00:00Z", LATER_MS),
        ("2026-01-01T00:00:00", LATER_MS),
        ("yesterday", LATER_MS),
        (None, LATER_MS),
    ],
)
def test_an_alert_fires_since_its_tool_says_so(starts: str | None, first_ms: int) -> None:
    """Not since the report came; a time that is unusable or later does not count."""
    value = {"key": "k", "state": "firing", "starts": starts}
    report = Entry("r", "w", "t", LATER_MS, "alert", "Ranker is down", value=value)

    (course,) = list_courses([report], {})

    assert course.first_ms == first_ms
