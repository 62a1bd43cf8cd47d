"""Embedded views: one view, read-only, for a while, in frames of ClickUp."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from clickup_mlops.errors import InputError
from clickup_mlops.features.dashboard import grants, pages
from clickup_mlops.features.dashboard.settings import SavedView
from clickup_mlops.features.dashboard.view import View, resolve
from clickup_mlops.ports.sections.find import all_pages
from tests.features.dashboard.web.conftest import DAY_MS, Clock, Dashboard

SECTION = """
from clickup_mlops.ports.sections.model import SectionType
from clickup_mlops.views.model import Note, Section

def build(data, query):
    asked = (query.target, query.range, query.zone, dict(query.options))
    return Section("", "Section {0}", (Note(f"{0}: {{asked}}"),))

SECTION = SectionType("{0}", build)
"""
VIEW = View("mine", "chat", "7d", ("one",))
PAGE = """
from clickup_mlops.ports.sections.model import PageType
PAGE = PageType("Mine", "A page of its own.", 1, lambda data: [("chat", "Chat")])
"""


@pytest.fixture(autouse=True)
def _own_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A page `mine` with the sections `one` and `two`."""
    folder = tmp_path / "pages" / "mine"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(PAGE, encoding="utf-8")
    for name in ("one", "two"):
        (folder / f"{name}.py").write_text(SECTION.format(name), encoding="utf-8")
    monkeypatch.setattr(pages, "__path__", [*pages.__path__, str(folder.parent)])
    all_pages.cache_clear()
    yield
    all_pages.cache_clear()


def section_titles(page: TestResponse) -> list[str]:
    """What the sections of the page say that they were asked for."""
    return [unescape(match) for match in re.findall(r"(?:one|two): \(.*?\)", page.text)]


def test_it_shows_its_view_without_a_session(dashboard: Dashboard) -> None:
    """With the page, the target, the range and the sections that it was made for."""
    embed = dashboard.embed(VIEW)
    page = dashboard.browser().get(f"/dashboard/embed/{embed.token}/")

    assert page.status_code == 200
    assert section_titles(page) == ["one: ('chat', '7d', 'UTC', {})"]
    assert "Set-Cookie" not in page.headers
    assert "<form" not in page.text


def test_only_clickup_frames_it(dashboard: Dashboard) -> None:
    """And its address, in which the token is, goes to no other site."""
    embed = dashboard.embed(VIEW)
    for path in ("/", "/mine", "/mine/section/one", "/now", "/mine/section/two"):
        headers = dashboard.browser().get(f"/dashboard/embed/{embed.token}{path}").headers
        assert (
            "frame-ancestors https://app.clickup.com https://*.clickup.com"
            in (headers["Content-Security-Policy"])
        )
        assert "X-Frame-Options" not in headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/now",
        "/now.json",
        "/automations",
        "/mine/section/two",
        "/mine/chart/two/x.svg",
        "/mine/csv/two/x.csv",
        "/view/mine",
        "/no-such",
        "/do/undo",
        "/sign-out",
        "/../now",
        "/%2e%2e/now",
    ],
)
def test_it_shows_nothing_else(dashboard: Dashboard, path: str) -> None:
    """No other page, and no section besides its own."""
    embed = dashboard.embed(VIEW)
    for browser in (dashboard.browser(), dashboard.signed_in()):
        assert browser.get(f"/dashboard/embed/{embed.token}{path}").status_code == 404
    assert dashboard.browser().get("/dashboard/mine").status_code == 401


def test_what_stands_in_the_address_widens_nothing(dashboard: Dashboard) -> None:
    """Readers choose how far back, and the time zone."""
    embed = dashboard.embed(VIEW)
    requests = "target=secret&sections=one,two&range=30d&zone=Europe/Berlin&task=secret&host=secret"
    for path in ("/", "/mine", "/mine/section/one"):
        page = dashboard.browser().get(f"/dashboard/embed/{embed.token}{path}?{requests}")
        assert "secret" not in page.text
        assert section_titles(page) == ["one: ('chat', '30d', 'Europe/Berlin', {})"]


def test_an_overview_shows_no_target(dashboard: Dashboard) -> None:
    """A link for the whole page is none for what each model's page says."""
    embed = dashboard.embed(View("mine"))
    page = dashboard.browser().get(f"/dashboard/embed/{embed.token}/?target=secret")
    assert section_titles(page) == [f"{name}: ('', '24h', 'UTC', {{}})" for name in ("one", "two")]


def test_it_is_read_only(dashboard: Dashboard) -> None:
    """No form is taken below it, with whatever session beside it."""
    embed, browser = dashboard.embed(VIEW), dashboard.signed_in()
    browser.get("/dashboard/now")
    for path in ("/", "/mine", "/do/undo", "/sign-out"):
        answer = browser.post(f"/dashboard/embed/{embed.token}{path}")
        assert answer.status_code in (404, 405)


def test_it_expires(dashboard: Dashboard, clock: Clock) -> None:
    """To the millisecond."""
    embed = dashboard.embed(VIEW, DAY_MS)
    address = f"/dashboard/embed/{embed.token}/"
    clock.ms += DAY_MS - 1
    assert dashboard.browser().get(address).status_code == 200
    clock.ms += 1
    assert dashboard.browser().get(address).status_code == 403


def test_it_can_be_revoked(dashboard: Dashboard) -> None:
    """Others go on."""
    embed, second = dashboard.embed(VIEW), dashboard.embed(VIEW)
    grants.revoke(dashboard.bot.store, [embed.grant.id], dashboard.bot.now_ms())
    assert dashboard.browser().get(f"/dashboard/embed/{embed.token}/").status_code == 403
    assert dashboard.browser().get(f"/dashboard/embed/{second.token}/").status_code == 200


def test_an_altered_link_shows_nothing(dashboard: Dashboard) -> None:
    """Whichever character is another one; neither do its id, its digest, or anything else."""
    embed = dashboard.embed(VIEW)
    token = embed.token
    altered = [
        token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        for place in range(len(token))
    ]
    neighbours = [token[:-1], token + "A", embed.grant.id, embed.grant.digest, "x", "%00", "é" * 43]
    for link in (*altered, *neighbours):
        answer = dashboard.browser().get(f"/dashboard/embed/{link}/")
        assert answer.status_code == 403
        assert "chat" not in answer.text


def test_it_opens_nothing_but_itself(dashboard: Dashboard) -> None:
    """Its token is no session: not as a cookie, not as a one-time link."""
    embed, browser = dashboard.embed(VIEW), dashboard.browser()
    assert browser.get(f"/dashboard/open/{embed.token}").status_code == 403
    browser.put_cookie(embed.token)
    assert browser.get("/dashboard/mine").status_code == 401


def test_views_are_named_as_people_say_them() -> None:
    """A page, a page about one target, a saved view; options replace what was saved."""
    saved = {"night": SavedView(page="now", range="6h"), "now": SavedView(page="flow")}
    assert resolve(saved, "now") == View("now")
    assert resolve(saved, "mine/org/chat-3") == View("mine", "org/chat-3")
    assert resolve(saved, "night") == resolve(saved, "view/night") == View("now", "", "6h")
    assert resolve(saved, "night", range_="90d").range == "90d"
    assert resolve(saved, "mine", sections=["two"]) == View("mine", sections=("two",))


@pytest.mark.parametrize("text", ["", "nwo", "../now", "view/none", "now/chat", "now?target=a"])
def test_what_is_no_view_is_refused(text: str) -> None:
    """With those that there are."""
    with pytest.raises(InputError):
        resolve({}, text)
    with pytest.raises(InputError, match="section") as refused:
        resolve({}, "mine", sections=["one", "tow"])
    assert refused.value.hint == "There are: one, two."


@pytest.mark.parametrize(
    "view", [View("now"), VIEW, View("mine", "a b&c=d?e/f#g", "1h", ("one", "two"))]
)
def test_a_view_is_kept_as_it_is(view: View) -> None:
    """Whatever its target is called."""
    assert View.parse(str(view)) == view
