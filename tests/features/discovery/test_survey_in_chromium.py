"""The survey's form in a real browser, as somebody sees it who got a link."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.discovery.settings import SurveySettings
from clickup_mlops.features.discovery.survey import links
from clickup_mlops.features.discovery.tables.survey import Surveys
from clickup_mlops.sandbox import Sandbox
from tests.features.dashboard.web.conftest import _browser, chromium
from tests.flows.conftest import Team, settings_for, working
from tests.ports import BoundPort

__all__ = ["_browser", "chromium"]
pytestmark = pytest.mark.browser
PHONE = {"width": 375, "height": 700}


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[Team]:
    """A bot that serves the form on its port."""
    port = BoundPort()
    survey = SurveySettings(enabled=True, public_url=f"http://127.0.0.1:{port}")
    settings = settings_for(clickup_sandbox, tmp_path, port, survey=survey)
    with working(clickup_sandbox, settings, port) as team:
        yield team


def invite(team: Team) -> str:
    """The address of a link."""
    store, expires_ms = team.bot.store, team.bot.now_ms() + 60_000
    (token,) = links.invite(store, "mlops", 1, expires_ms)
    return f"{team.bot.settings.survey.public_url}{links.PATH}/{token}"


def test_somebody_answers_on_a_phone_once(chromium: Any, team: Team) -> None:
    """The form fits; a number out of range is refused before it is sent; the link then is used."""
    url, page = invite(team), chromium.new_context(viewport=PHONE).new_page()
    page.goto(url)
    width = page.evaluate("document.documentElement.scrollWidth")
    waiting = page.get_by_role("group", name="Roll-outs wait for approval.")
    hours = page.get_by_role("spinbutton")
    waiting.get_by_label("fully").check()
    hours.fill("81")
    page.get_by_role("button", name="Send").click()
    is_refused = hours.evaluate("field => !field.validity.valid")
    answers_before = team.bot.store.table(Surveys).answers()
    hours.fill("6")
    page.get_by_role("button", name="Send").click()

    assert width <= PHONE["width"]
    assert is_refused and answers_before == {}
    assert page.get_by_role("heading").inner_text() == "Thank you"
    answers = team.bot.store.table(Surveys).answers()
    assert [*answers["mlops"].values()] == [{"review_queue": 5, "lost_hours": 6}]
    page.goto(url)
    assert page.get_by_role("heading").inner_text() == "This link was used"


def test_no_other_site_learns_the_address(chromium: Any, team: Team) -> None:
    """The page loads nothing but itself and its style, and runs no script."""
    page, addresses = chromium.new_context().new_page(), []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(invite(team))

    server = f"{team.bot.settings.survey.public_url}{links.PATH}/"
    assert len(addresses) >= 2
    assert all(address.startswith(server) for address in addresses if "favicon" not in address)
    assert page.locator("script").count() == 0
