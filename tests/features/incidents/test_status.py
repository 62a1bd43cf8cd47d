"""What the comment and the message of an incident say."""

from typing import Any

import pytest

from clickup_mlops.features.incidents.incident import QUESTION, IncidentTask
from clickup_mlops.features.incidents.model import IncidentView, Refusal, Resembling
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


def test_who_asks_is_promised_no_room_that_may_not_come() -> None:
    """Without an answer it may join one that opened before."""
    question = {QUESTION: {"incident": "j", "until_ms": 0}}
    incident = Incident("i", "w", "t", "Chat is down", 0, room="r", key="k", details=question)
    view = IncidentView(incident, (), read_resembling=lambda: Resembling("u", "Chat is slow", 0))

    assert "without an answer it opens, or joins one that opened so before" in format_status(view)


@pytest.mark.parametrize(
    ("entries", "is_refused"),
    [
        ([], True),
        ([(1, "opened", "i"), (9, "closed", "i")], True),
        ([(1, "opened", "i"), (5, "closed", "i"), (6, "opened", "i")], False),
        ([(1, "opened", "i"), (5, "withdrawn", "i"), (6, "opened", "i")], True),
        ([(1, "opened", "i"), (8, "opened", "i")], False),
        ([(1, "opened", "i"), (5, "closed", "j"), (8, "opened", "j")], True),
    ],
)
def test_what_people_say_counts_for_this_incident_since_it_began(
    entries: list[tuple[int, str, str]], *, is_refused: bool
) -> None:
    """Not for a part that had ended before it began again, nor for other incidents of its task."""
    incident = Incident("i", "w", "t", "Chat is down", 0, 9, room="r", key="k", details={})
    news = [
        Entry(f"{at_ms}", "w", "t", at_ms, "incident", "", value={"to": state, "incident": name})
        for at_ms, state, name in entries
    ]
    tasks, refusals = (IncidentTask("t", 0),), {"t": Refusal(7, "Ana")}
    view = IncidentView(incident, tasks, lambda: news, read_refusals=lambda: refusals)

    assert ("It was no incident" in format_status(view)) is is_refused
