"""What the comment and the message of an incident say."""

from typing import Any

import pytest

from clickup_mlops.features.incidents.model import IncidentView
from clickup_mlops.features.incidents.status import format_status
from clickup_mlops.features.incidents.tables.incidents import Incident
from clickup_mlops.store.tables.timeline import Entry


@pytest.mark.parametrize(
    ("value", "is_news"), [({"to": "to do"}, False), ({"from": "to do", "to": "live"}, True)]
)
def test_the_status_that_a_task_had_from_the_start_is_no_news(
    value: dict[str, Any], *, is_news: bool
) -> None:
    incident = Incident("i", "w", "t", "Chat is down", 0, room="r", key="k", details={})
    entries = [Entry("e", "w", "t", 1, "status", "Status: live", value=value)]

    text = format_status(IncidentView(incident, (), lambda: entries))

    assert ("**status**: live" in text) == is_news
