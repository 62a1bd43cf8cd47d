"""What a provider's status page says supports reports that name it, and only while it goes on."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from clickup_mlops.features.status_pages.settings import (
    StatusPage,
    StatusPagesSettings,
    StatusPagesTables,
)
from tests.flows.conftest import LIST, Team
from tests.flows.conftest import team as team
from tests.flows.test_example_automations import go_to
from tests.http_server import Handler, serving

REPORT = "Summaries by Acme are slow for some"
HIGH, URGENT = 2, 1


class Page(Handler):
    """A status page: `incidents` as it lists them."""

    incidents: Any = ()
    status = 200

    def get(self) -> None:
        is_list = self.path == "/api/v2/incidents.json"
        self.answer(self.status if is_list else 404, json.dumps(self.incidents).encode())


def incident(begin: str, end: str | None = None, impact: str = "major") -> dict[str, Any]:
    """As Statuspage lists it."""
    return {
        "id": "p31zjtct2jer",
        "name": "Elevated errors",
        "status": "resolved" if end else "investigating",
        "impact": impact,
        "created_at": begin,
        "started_at": begin,
        "resolved_at": end,
        "incident_updates": [],
    }


@pytest.fixture
def page() -> Iterator[type[Page]]:
    handler = type("OwnPage", (Page,), {})
    with serving(handler) as server:
        handler.url = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
        yield handler


@pytest.fixture
def watching(team: Team, page: Any) -> Iterator[Team]:
    """It is 12:00; the page of `acme` is read."""
    pages = {"acme": StatusPage(url=page.url)}
    tables = StatusPagesTables(status_pages=StatusPagesSettings(pages=pages))
    team.restart(team.bot.settings.model_copy(update={"status_pages": tables.status_pages}))
    team.control.clock.freeze()
    go_to(team, "2032-01-16T12:00")
    yield team
    assert team.bot.inbox.depth(team.bot.now_ms()).parked == 0


def report(team: Team, page: Any, title: str, *incidents: Any) -> str:
    """A task of that title is created after the page was read, and looked at again."""
    page.incidents = {"page": {"name": "Acme"}, "incidents": incidents}
    team.job("status_pages")
    task = str(team.member.create_task(LIST, title))
    team.settle()
    return task


@pytest.mark.parametrize(
    ("title", "reported", "is_live"),
    [
        (REPORT, [incident("2032-01-16T11:30:00.000Z")], True),
        (REPORT, [incident("2032-01-16T11:30:00Z", "2032-01-16T11:50:00Z")], False),
        (REPORT, [incident("2032-01-16T11:30:00Z", impact="none")], False),
        (REPORT, [incident("2032-01-16T11:30:00Z", impact="maintenance")], False),
        (REPORT, [], False),
        (REPORT, [incident("2031-12-16T11:30:00Z")], False),
        (REPORT, [{}, incident("2032-01-16T11:30:00Z") | {"resolved_at": ""}], True),
        (REPORT.replace("Acme", "Apex"), [incident("2032-01-16T11:30:00Z")], False),
        ("Fine-tune the Acme summariser", [incident("2032-01-16T11:30:00Z")], False),
    ],
)
def test_a_report_that_names_the_provider_is_a_live_incident_while_its_page_says_so(
    watching: Team, page: Any, title: str, reported: list[Any], is_live: bool
) -> None:
    task = report(watching, page, title, *reported)

    assert (watching.priority(task) == URGENT) == is_live


def test_a_page_that_admits_it_later_raises_the_report(watching: Team, page: Any) -> None:
    """And `why` names the page."""
    task = report(watching, page, REPORT)
    before = watching.priority(task)

    watching.control.clock.advance(20 * 60_000)
    page.incidents = {"incidents": [incident("2032-01-16T12:10:00Z")]}
    watching.job("status_pages")
    watching.job("reevaluate")

    assert (before, watching.priority(task)) == (HIGH, URGENT)
    decision = watching.bot.store.decisions.latest(task)
    assert decision is not None
    assert 'the status page of acme reports "Elevated errors"' in str(decision)


@pytest.mark.parametrize("answer", [{"incidents": [{}]}, {"incidents": 1}, [], {"incidents": [1]}])
def test_what_is_no_status_page_changes_nothing(watching: Team, page: Any, answer: Any) -> None:
    page.incidents = answer
    watching.job("status_pages")

    assert watching.priority(report(watching, page, REPORT)) != URGENT


def test_the_last_answer_of_a_page_that_is_away_holds_for_an_hour(
    watching: Team, page: Any
) -> None:
    report(watching, page, "Water the plants", incident("2032-01-16T11:30:00Z"))
    page.status = 503
    watching.control.clock.advance(30 * 60_000)
    within, page.status = report(watching, page, REPORT), 503
    watching.control.clock.advance(40 * 60_000)
    after = report(watching, page, f"{REPORT} again")

    assert watching.priority(within) == URGENT
    assert watching.priority(after) != URGENT
