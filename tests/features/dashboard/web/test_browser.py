"""In a real browser: sign-in through the consent page, sign-out, frames."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from clickup_mlops.features.dashboard import grants
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import LIST, POSSIBLE, Team, settings_for, working
from tests.ports import BoundPort

pytestmark = pytest.mark.browser
DAY_MS = 86_400_000
PUBLIC = "https://bot.example.org"


@pytest.fixture
def page(chromium: Any) -> Any:
    """A tab of a person, with a cookie jar of its own."""
    return chromium.new_context().new_page()


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[Team]:
    """A bot that serves its dashboard on its port, beside the sandbox."""
    port = BoundPort()
    dashboard_settings = DashboardSettings(
        enabled=True,
        public_url=f"http://127.0.0.1:{port}",
        client_id="our-app",
        client_secret="its-secret",
        operators=(clickup_sandbox.control.member("Maria").email,),
    )
    settings = settings_for(clickup_sandbox, tmp_path, port, dashboard=dashboard_settings)
    with working(clickup_sandbox, settings, port) as team:
        yield team


@pytest.fixture
def url(team: Team) -> str:
    """The dashboard's address."""
    return f"{team.bot.settings.dashboard.public_url}/dashboard"


def consents(page: Any, url: str, person: str) -> None:
    """From the dashboard over the consent page, back to where it began."""
    page.goto(f"{url}/flow?range=7d")
    page.get_by_role("link", name="Sign in with ClickUp").click()
    page.get_by_label("You are").select_option(label=person)
    with page.expect_navigation(url=f"{url}/**"):
        page.get_by_role("button", name="Connect").click()


def test_on_a_phone_all_pages_are_in_the_bar(page: Any, team: Team, url: str) -> None:
    """None is cut off, also the one that is open, whose name is bold."""
    link = grants.link(team.bot.store, grants.Person("", "Ana", "viewer"), team.bot.now_ms())
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto(f"{url}/open/{link.token}")
    for name in all_pages():
        page.goto(f"{url}/{name}")
        bar = page.locator(".pages")
        assert bar.evaluate("one => one.scrollWidth - one.clientWidth") == 0, name


@pytest.mark.parametrize("width", [360, 390])
def test_on_a_phone_a_task_is_seen_whole(page: Any, team: Team, url: str, width: int) -> None:
    """Its priority, why, and its owner, however long its name is, without scrolling the table."""
    team.bot.sources.hooks.register()
    team.member.create_task(LIST, f"{POSSIBLE} {'in all regions of the second cluster ' * 3}")
    team.settle()
    link = grants.link(team.bot.store, grants.Person("", "Ana", "viewer"), team.bot.now_ms())
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(f"{url}/open/{link.token}")
    page.goto(f"{url}/now")

    badge = page.locator("#lane-tasks tbody .badge").first
    box = badge.bounding_box()
    assert badge.inner_text().endswith(("High", "Urgent"))
    assert box["x"] + box["width"] <= width
    cells = page.locator("#lane-tasks tbody tr").first.locator("td[data-label]:not(:empty)")
    assert {"Urgency", "Why", "Waiting", "Owner"} <= set(
        cells.evaluate_all("cells => cells.map(cell => cell.dataset.label)")
    )
    assert page.locator("#lane-tasks-scroll").evaluate("one => one.scrollWidth") <= width
    assert page.get_by_role("cell").count() > 0


def test_a_member_signs_in_through_the_consent_page_and_out_again(
    page: Any, team: Team, url: str
) -> None:
    """They are where they wanted to be; after the sign-out nothing is there, not even by "back"."""
    problems: list[str] = []
    page.on("console", lambda one: problems.append(one.text) if one.type == "error" else None)
    consents(page, url, "Maria Keller")
    assert page.url == f"{url}/flow?range=7d"
    page.locator("summary", has_text="Maria Keller").click()
    assert page.get_by_text("operator", exact=True).is_visible()
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"
    assert page.evaluate("document.cookie") == ""

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{url}/sign-in")
    page.goto(f"{url}/now")
    assert page.get_by_role("link", name="Sign in with ClickUp").is_visible()
    page.go_back()
    page.go_back()
    assert page.locator("summary", has_text="Maria Keller").count() == 0
    store = team.bot.store
    assert grants.holding(store, team.bot.now_ms()) == []
    assert [problem for problem in problems if "Content Security Policy" in problem] == []


def test_somebody_who_is_no_member_stays_out(page: Any, team: Team, url: str) -> None:
    """They read why."""
    team.control.member("Jonas").role = 4
    consents(page, url, team.control.member("Jonas").username)
    assert "guests have no access" in page.get_by_role("alert").inner_text()
    page.goto(f"{url}/now")
    assert page.locator("summary").count() == 0


def test_a_one_time_link_works_once(page: Any, chromium: Any, team: Team, url: str) -> None:
    """In the browser that is first."""
    link = grants.link(team.bot.store, grants.Person("", "Ana", "viewer"), team.bot.now_ms())
    page.goto(f"{url}/open/{link.token}")
    assert link.token not in page.url
    assert page.locator("summary", has_text="Ana").count() == 1
    new_page = chromium.new_context().new_page()
    new_page.goto(f"{url}/open/{link.token}")
    assert "used already" in new_page.get_by_role("alert").inner_text()


Framed = Callable[[str, str], Any]


@pytest.fixture
def framed(page: Any, team: Team) -> Framed:
    """What is in a frame for a path of `PUBLIC` on a page of the origin; None: it was refused.

    `PUBLIC` is a proxy with TLS before the bot.
    """
    port = urlsplit(team.bot.settings.dashboard.public_url).port

    def proxy(route: Any) -> None:
        parts = urlsplit(route.request.url)
        page_url = f"http://127.0.0.1:{port}{parts.path}"
        route.fulfill(response=route.fetch(url=page_url, max_redirects=0))

    def look(origin: str, path: str) -> Any:
        body = f'<!doctype html><iframe id="view" src="{PUBLIC}{path}"></iframe>'
        page.route(f"{PUBLIC}/**", proxy)
        page.route(f"{origin}/**", lambda route: route.fulfill(body=body, content_type="text/html"))
        page.goto(f"{origin}/board")
        frame = page.locator("#view").element_handle().content_frame()
        frame.wait_for_load_state()
        return None if frame.url.startswith("chrome-error:") else frame

    return look


def embedded(team: Team) -> str:
    """The path of an embedded view."""
    embed = grants.embed(
        team.bot.store, "now", grants.Person("", "Ana", "viewer"), team.bot.now_ms(), DAY_MS
    )
    return f"/dashboard/embed/{embed.token}/"


@pytest.mark.parametrize("origin", ["https://app.clickup.com", "https://sharing.clickup.com"])
def test_clickup_frames_an_embedded_view(framed: Framed, team: Team, origin: str) -> None:
    """Without a cookie of any kind."""
    frame = framed(origin, embedded(team))
    assert frame is not None
    assert frame.locator("h1").inner_text().casefold() == "now"
    assert frame.page.context.cookies() == []


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://clickup.com.evil.example",
        "https://evilclickup.com",
        "http://app.clickup.com",
    ],
)
def test_nobody_else_frames_an_embedded_view(framed: Framed, team: Team, origin: str) -> None:
    """The browser itself refuses."""
    assert framed(origin, embedded(team)) is None


@pytest.mark.parametrize("path", ["/now", "/sign-in"])
def test_not_even_clickup_frames_what_is_not_embedded(
    framed: Framed, team: Team, path: str
) -> None:
    """Whoever is signed in could be led to press something."""
    assert framed("https://app.clickup.com", f"/dashboard{path}") is None
