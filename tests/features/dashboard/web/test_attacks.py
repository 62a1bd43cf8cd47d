"""What attackers send: hosts, forms, addresses, frames, sizes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops import logs
from clickup_mlops.errors import ConfigError
from clickup_mlops.features.dashboard import page_actions
from clickup_mlops.features.dashboard.web import access
from tests.features.dashboard.web.conftest import HOST, Dashboard, Make

ACTION = """
from clickup_mlops.errors import InputError
from clickup_mlops.ports.dashboard.model import ActionType

def run(bot, viewer, fields):
    if fields.get("event") == "bad":
        raise InputError("there is no such event", hint="Look at the list.")
    return f"{viewer.name} did {fields['event']} with {sorted(fields)}"

ACTION = ActionType(run, "undo")
"""


@pytest.fixture
def pressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Make) -> Iterator[Dashboard]:
    """A dashboard with one more button, `press`."""
    folder = tmp_path / "actions"
    folder.mkdir()
    (folder / "press.py").write_text(ACTION, encoding="utf-8")
    monkeypatch.setattr(page_actions, "__path__", [*page_actions.__path__, str(folder)])
    yield make()


def test_a_button_does_what_it_says_and_leads_back(pressed: Dashboard) -> None:
    """To the page that it was on, with a message, once."""
    browser = pressed.signed_in()
    browser.get("/dashboard/now")
    data = {"event": "e1", "back": "/dashboard/automations?range=7d"}
    answer = browser.post("/dashboard/do/press", data=data)

    assert (answer.status_code, answer.location) == (303, "/dashboard/automations?range=7d")
    assert "Ana did e1 with [&#39;event&#39;]" in browser.get("/dashboard/automations").text
    assert "Ana did" not in browser.get("/dashboard/automations").text


def test_without_a_page_named_it_leads_to_where_the_form_was(pressed: Dashboard) -> None:
    """As the browser's Referer says."""
    browser = pressed.signed_in()
    browser.get("/dashboard/now")
    referer = {"Referer": f"{HOST}/dashboard/automations?range=7d"}
    answer = browser.post("/dashboard/do/press", data={"event": "e"}, headers=referer)
    assert answer.location == "/dashboard/automations?range=7d"
    referer = {"Referer": "https://evil.example/dashboard"}
    answer = browser.post("/dashboard/do/press", data={"event": "e"}, headers=referer)
    assert answer.location == "/dashboard/"


def test_what_keeps_a_button_from_working_is_shown(pressed: Dashboard) -> None:
    """With what to do next."""
    browser = pressed.signed_in()
    browser.get("/dashboard/now")
    browser.post("/dashboard/do/press", data={"event": "bad"})
    assert "there is no such event. Look at the list." in browser.get("/dashboard/now").text


def test_a_viewer_may_press_nothing(pressed: Dashboard) -> None:
    """Whatever forms there are: the role counts."""
    browser = pressed.signed_in("viewer")
    browser.get("/dashboard/now")
    assert browser.post("/dashboard/do/press", data={"event": "e1"}).status_code == 403


@pytest.mark.parametrize("token", ["", "wrong", "of another browser"])
def test_a_form_without_its_token_does_nothing(pressed: Dashboard, token: str) -> None:
    """CSRF: neither none, nor any, nor that of somebody else."""
    browser, second = pressed.signed_in(), pressed.signed_in("operator", "Eve")
    browser.get("/dashboard/now")
    second.get("/dashboard/now")
    messages = second.token if token == "of another browser" else token

    for path in ("/dashboard/do/press", "/dashboard/sign-out"):
        assert browser.post(path, token=messages, data={"event": "e1"}).status_code == 400
    page = browser.get("/dashboard/now")
    assert page.status_code == 200 and "did e1" not in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_site_does_nothing(pressed: Dashboard, headers: dict[str, str]) -> None:
    """Even with the right token."""
    browser = pressed.signed_in()
    browser.get("/dashboard/now")
    answer = browser.post("/dashboard/do/press", data={"event": "e1"}, headers=headers)
    assert answer.status_code == 400
    ours = {"Origin": HOST, "Sec-Fetch-Site": "same-origin"}
    answer = browser.post("/dashboard/do/press", data={"event": "e1"}, headers=ours)
    assert answer.status_code == 303


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(dashboard: Dashboard, method: str) -> None:
    """Signed in or not."""
    browser = dashboard.signed_in()
    assert browser.client.open("/dashboard/now", method=method, base_url=HOST).status_code == 405
    assert browser.client.get("/dashboard/sign-out", base_url=HOST).status_code in (401, 404, 405)
    assert browser.get("/dashboard/now").status_code == 200


AWAY = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/dashboard/\\evil.example",
    "/dashboard//evil.example",
    "/dashboard/../evil",
    "/dashboard/%2e%2e/evil",
    "/dashboard/%252e%252e/evil",
    "/dashboardevil",
    "javascript:alert(1)",
    "/dashboard/\r\nSet-Cookie: a=b",
    "/dashboard/\t//evil.example",
    " //evil.example",
    "/healthz",
    "",
)


@pytest.mark.parametrize("away", AWAY)
def test_no_redirect_leads_away(pressed: Dashboard, away: str) -> None:
    """Open redirect: neither after a button, nor from the sign-in page."""
    browser = pressed.signed_in()
    browser.get("/dashboard/now")
    answer = browser.post("/dashboard/do/press", data={"event": "e1", "back": away})
    assert answer.location == "/dashboard/"

    page = pressed.browser().get(f"/dashboard/sign-in?next={quote(away)}").text
    assert "evil" not in page


@given(st.text(max_size=60), st.sampled_from(["", "/", "//", "/dashboard/", "https:", "\\"]))
def test_a_path_to_go_back_to_stays_below(text: str, start: str) -> None:
    """Whatever is wanted."""
    safe_path = access.safe_path(start + text, "/dashboard")
    assert safe_path.startswith("/dashboard/")
    assert not {"\\", "\n", "\r", "\t"} & set(safe_path)
    assert "//" not in safe_path.partition("?")[0].partition("#")[0]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example"])
def test_another_host_is_refused(dashboard: Dashboard, host: str) -> None:
    """DNS rebinding: before anything else, with no cookie and no link used up."""
    browser, link = dashboard.browser(), dashboard.link()
    for path in ("/dashboard/", "/dashboard/sign-in", "/dashboard/static/x.css", link):
        answer = browser.get(path, base_url=f"http://{host}")
        assert answer.status_code == 400
        assert answer.text.startswith("Unknown host: see dashboard.public_url")
        assert "evil" not in answer.text and "Set-Cookie" not in answer.headers
    assert browser.get(link).status_code == 303


def test_a_host_header_says_nothing_that_is_believed(make: Make) -> None:
    """Nor does a proxy's: addresses come from the settings."""
    dashboard = make("https://bot.example.org", client_id="app", client_secret="s")
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    answer = dashboard.browser().get("/dashboard/sign-in/clickup", headers=forged)
    assert "bot.example.org%2Fdashboard%2Fsigned-in" in answer.location
    assert "evil" not in answer.location


@pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/now", "/dashboard/sign-in", "/x"])
def test_nobody_frames_a_page(dashboard: Dashboard, path: str) -> None:
    """Click-jacking, for every answer of the dashboard, errors included."""
    address = path if path.startswith("/dashboard") else f"/dashboard/a{path}"
    for browser in (dashboard.browser(), dashboard.signed_in()):
        headers = browser.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "default-src 'none'" in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"


CLIMBING = ("../app.py", "..%2fapp.py", "%2e%2e/app.py", "..\\app.py", "..%5capp.py", "%00")


@pytest.mark.parametrize("name", [*CLIMBING, "/etc/passwd", "%2fetc%2fpasswd", "....//app.py"])
def test_no_file_is_read_by_its_path(dashboard: Dashboard, name: str) -> None:
    """Static files, pages, sections, saved views: a name is looked up, never joined to a path."""
    for start in ("static", "view", "now/section", "now/chart/lane", "do", "embed", "open", ""):
        browser = dashboard.signed_in()
        answer = browser.get(f"/dashboard/{start}/{name}")
        assert answer.status_code in (403, 404, 405), (start, answer.status_code)
        for word in ("def create_app", "root:"):
            assert word not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/dashboard/<script>alert(1)</script>",
        "/dashboard/now?range=<script>alert(1)</script>",
        "/dashboard/sign-in?next=/dashboard/%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    ],
)
def test_what_is_in_an_address_is_never_code(dashboard: Dashboard, path: str) -> None:
    """Escaped, if it is shown at all."""
    for browser in (dashboard.browser(), dashboard.signed_in("viewer", "<script>alert(1)")):
        assert "<script>alert(1)" not in browser.get(path).text


def test_large_forms_are_refused(pressed: Dashboard) -> None:
    """Too long, too many fields, or too many parts; nothing is done."""
    browser = pressed.signed_in()
    browser.get("/dashboard/now")
    many = {f"n{n}": "x" * 20 for n in range(4_000)}
    for data in ({"event": "x" * 70_000}, many):
        assert browser.post("/dashboard/do/press", data=data).status_code == 413
    parts = {f"n{n}": "x" for n in range(200)}
    answer = browser.post("/dashboard/do/press", data=parts, content_type="multipart/form-data")
    assert answer.status_code == 413


def test_a_failure_shows_nothing_of_the_inside(
    pressed: Dashboard, logged: pytest.CaptureFixture[str]
) -> None:
    """A defect is a short page; the log has the traceback."""
    logs.configure("INFO", json=True)
    browser = pressed.signed_in()
    browser.get("/dashboard/now")
    answer = browser.post("/dashboard/do/press")

    assert answer.status_code == 500
    assert "KeyError" not in answer.text and "Traceback" not in answer.text
    assert "KeyError" in logged.readouterr().err


def test_a_failure_logs_no_address(
    pressed: Dashboard, tmp_path: Path, logged: pytest.CaptureFixture[str]
) -> None:
    """In which there may be a token."""
    logs.configure("INFO", json=True)
    link = pressed.link()
    with closing(sqlite3.connect(tmp_path / "bot.db")) as store:
        store.execute("drop table access_grant")
        store.commit()
    answer = pressed.browser().get(link)

    assert answer.status_code == 500
    printed = logged.readouterr()
    assert "access_grant" in printed.err and "access_grant" not in answer.text
    token = link.rpartition("/")[2]
    assert token not in answer.text and token not in printed.err + printed.out


def test_an_address_that_is_none_is_refused_at_the_start(make: Make) -> None:
    """With the setting's name."""
    for wrong in ("bot.example.org", "ftp://a", "https://", "https://a/?b=c", "https://a:port"):
        with pytest.raises(ConfigError, match=r"dashboard\.public_url"):
            make(wrong)


def test_a_secret_that_is_missing_is_named_at_the_start(make: Make) -> None:
    """Otherwise people would find out at their sign-in."""
    with pytest.raises(ConfigError, match=r"dashboard\.client_secret"):
        make(client_id="app")


def test_below_a_path_of_a_proxy_every_address_has_that_path(make: Make) -> None:
    """`https://example.org/bot` is passed on without `/bot`."""
    dashboard = make("https://example.org/bot")
    browser = dashboard.browser()
    entered = browser.get(dashboard.link(), base_url="https://example.org")
    assert entered.location == "/bot/dashboard/"
    page = browser.get("/dashboard/now", base_url="https://example.org").text
    assert 'action="/bot/dashboard/sign-out"' in page
