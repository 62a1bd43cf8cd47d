"""What attackers ask for: odd headers, odd bytes, odd arguments, far too much of something."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clickup_mlops.features.dashboard.view import View
from clickup_mlops.features.dashboard.web import show
from tests import hostile
from tests.features.dashboard.web.conftest import HOST, Dashboard

PAGES = ("now", "model", "infrastructure", "flow", "automations")
ODD = ("\0", "\x1b[31m", "\ufeff", "\u202e", "%", "%%", "ÿ", "\U0001f600", "'", '"', ";--", "*")
"""Pieces of odd texts."""
_SLOW = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


@pytest.fixture
def attacked(dashboard: Dashboard) -> Iterator[Dashboard]:
    hostile.fill(dashboard.bot)
    yield dashboard


def test_no_text_of_others_gets_the_form_token(attacked: Dashboard) -> None:
    """Whatever attackers know of the source: an address would carry it to another site."""
    bot, browser = attacked.bot, attacked.signed_in()
    existing = re.findall(r'"([\w-]{8,})"', Path(show.__file__).read_text(encoding="utf-8"))
    url = f"https://evil.example/?{'&'.join(existing)}"
    task = hostile.task(0, bot.now_ms()) | {"url": url}
    bot.store.mirror.put_many(bot.workspace_id, [task], bot.now_ms())
    text = browser.get("/dashboard/now").text
    assert browser.token
    result = re.findall(r"https://evil\.example/\?[^\s<]*", text)
    assert result
    assert not any(browser.token in address for address in result)


def test_a_section_is_built_once_however_often_it_is_asked_for(attacked: Dashboard) -> None:
    """An address of ten thousand sections is no more work than one."""
    browser = attacked.signed_in()
    text = browser.get(f"/dashboard/now?sections={'lane,' * 9_000}").text
    assert text.count('<section class="section" id="lane"') == 1


@pytest.mark.parametrize("name", ["target", "range", "zone", "sections", "at", "width", "values"])
def test_no_argument_breaks_a_page(attacked: Dashboard, name: str) -> None:
    """It is shown, or refused with a reason."""
    browser = attacked.signed_in()
    embed = attacked.embed(View("model", "t1"))
    values = (
        *ODD, "9" * 400, "-1", "1e9", "NaN", "../" * 9, "/etc/passwd", "Europe", "x" * 5_000,
        "list:", "list:\0", '{"a":1}', "localtime/..", "a" * 300, "\ud800", "Europe/Berlin\0",
    )  # fmt: skip
    for value in values:
        requests = f"{name}={quote(value, errors='replace')}&{name}=other&{name}[]=x"
        for path in (*(f"/dashboard/{page}" for page in PAGES), "/dashboard/model.json"):
            assert browser.get(f"{path}?{requests}").status_code in (200, 400), (path, value)
        embedded = attacked.browser().get(f"/dashboard/embed/{embed.token}/?{requests}")
        assert embedded.status_code in (200, 400)


@settings(suppress_health_check=_SLOW, deadline=None, max_examples=150)
@given(
    method=st.sampled_from(("GET", "HEAD", "POST", "PUT", "OPTIONS", "get", "TRACE", "PROPFIND")),
    path=st.lists(
        st.sampled_from((*PAGES, "embed", "view", "do", "undo", "x", ".", "..", "", "csv", "chart",
            "section", "lane", "a.svg", "now.json", "lane.csv", *ODD)), max_size=7),
    header=st.sampled_from(("Origin", "Referer", "Cookie", "If-None-Match", "Range", "Host",
        "X-Forwarded-Prefix", "X-Original-URL", "X-HTTP-Method-Override", "Content-Type")),
    value=st.sampled_from(("http://[", "null", "*", "://", "http://evil.example", "bytes=0-9",
        "clickup_mlops_8080=x.y.z", "/dashboard/now", "\x7f", "multipart/form-data; boundary=")),
)  # fmt: skip
def test_without_a_session_nothing_is_given(
    attacked: Dashboard, method: str, path: list[str], header: str, value: str
) -> None:
    """Whatever is asked for, in whatever way: no data, no cookie of a session, no failure."""
    address = "/dashboard/" + quote("/".join(path), safe="/")
    answer = attacked.browser().client.open(
        address, method=method, base_url=HOST, headers={header: value}
    )
    assert answer.status_code in (400, 401, 403, 404, 405)
    assert "hacked" not in answer.text and "t1" not in answer.text
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("header", ["Origin", "Referer"])
@pytest.mark.parametrize("value", ["http://[", "://", "http://[::1", "\x7f", "https://evil\u2100"])
def test_an_odd_header_is_no_failure(attacked: Dashboard, header: str, value: str) -> None:
    """The form is refused, or leads back to the first page."""
    browser = attacked.signed_in()
    browser.get("/dashboard/now")
    odd = value.encode().decode("latin-1")
    answer = browser.post("/dashboard/do/replay", data={"event": "1"}, headers={header: odd})
    assert (answer.status_code, answer.location) in ((400, None), (303, "/dashboard/"))


def test_who_has_a_page_already_must_still_be_let_in(attacked: Dashboard) -> None:
    """An ETag opens nothing, and says nothing about a page that somebody else sees."""
    browser = attacked.signed_in()
    etag = browser.get("/dashboard/now").headers["ETag"]
    existing = {"If-None-Match": etag}
    assert browser.get("/dashboard/now", headers=existing).status_code == 304
    assert attacked.browser().get("/dashboard/now", headers=existing).status_code == 401
    assert (
        attacked.browser().get("/dashboard/now", headers={"If-None-Match": "*"}).status_code == 401
    )


def test_a_session_of_before_is_over_after_signing_in(attacked: Dashboard) -> None:
    """Fixation: the cookie that an attacker has put or kept opens nothing afterwards."""
    attacker, victim = attacked.signed_in("viewer", "Eve"), attacked.browser()
    victim.put_cookie(attacker.cookie)
    assert victim.get(attacked.link("operator", "Ana")).status_code == 303
    assert victim.is_in_as("Ana", "operator")
    assert attacker.get("/dashboard/now").status_code == 401


def test_a_view_may_have_any_name(make) -> None:  # type: ignore[no-untyped-def]
    """Its address is below the dashboard's."""
    names = (hostile.HTML, "a/b", "..", "a?b#c", "%2e", "ü")
    result = make(views={name: {"page": "flow"} for name in names})
    browser = result.signed_in()
    text = browser.get("/dashboard/now").text
    addresses = re.findall(r'href="(/dashboard/view/[^"]*)"', text)
    assert len(addresses) == len(names)
    assert all(
        browser.get(address).status_code == 200 for address in addresses if ".." not in address
    )
