"""Who gets into the dashboard by a link, and who does not."""

import threading

import pytest
from flask.testing import FlaskClient

from clickup_mlops.features.dashboard import grants
from clickup_mlops.interfaces.web.app import create_app
from clickup_mlops.ports.sections.find import all_pages
from tests.features.dashboard.web.conftest import HOST, Browser, Clock, Dashboard, Make
from tests.interfaces.web.conftest import bot, client
from tests.interfaces.web.small_bot import SmallBot

__all__ = ["bot", "client"]

PROTECTED = (
    "/dashboard",
    "/dashboard/",
    "/dashboard/now",
    "/dashboard/now.json",
    "/dashboard/now/section/lane",
    "/dashboard/now/chart/lane/waiting.svg",
    "/dashboard/now/csv/lane/waiting.csv",
    "/dashboard/view/mine",
    "/dashboard/no-such-page",
)


def test_it_is_off_until_it_is_enabled(bot: SmallBot, client: FlaskClient) -> None:
    """Nothing answers below its address."""
    assert not bot.settings.dashboard.enabled
    assert client.get("/dashboard/").status_code == 404
    assert client.get("/dashboard/sign-in").status_code == 404


@pytest.mark.parametrize("path", PROTECTED)
def test_without_a_session_there_is_the_sign_in_alone(dashboard: Dashboard, path: str) -> None:
    """Whether something is there or not: the same answer, which sets no session."""
    answer = dashboard.browser().get(path)

    assert answer.status_code == 401
    assert "dashboard open" in answer.text
    for page in all_pages().values():
        assert page.type.title not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_without_a_session_no_button_works(dashboard: Dashboard) -> None:
    """401, before anybody looks at the form."""
    browser = dashboard.browser()
    assert browser.post("/dashboard/do/undo").status_code == 401


def test_a_one_time_link_lets_in_once(dashboard: Dashboard) -> None:
    """The second who has it does not get in, nor does the first again."""
    link, first, second = dashboard.link(), dashboard.browser(), dashboard.browser()
    entered = first.get(link)

    assert (entered.status_code, entered.location) == (303, "/dashboard/")
    assert first.is_in_as("Ana", "operator")
    again = second.get(link)
    assert again.status_code == 403 and "used already" in again.text
    assert second.get("/dashboard/now").status_code == 401


def test_of_two_who_use_a_link_at_the_same_time_one_gets_in(dashboard: Dashboard) -> None:
    """However many try at once."""
    token = dashboard.link().rpartition("/")[2]
    store, now_ms = dashboard.bot.store, dashboard.bot.now_ms()
    together, created = threading.Barrier(8), []

    def use() -> None:
        together.wait()
        created.append(grants.redeem(store, token, now_ms, 60_000))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(created) == 8
    assert sum(session is not None for session in created) == 1
    sessions = [grant for grant in grants.holding(store, now_ms) if grant.kind == "session"]
    assert len(sessions) == 1


def test_a_program_that_looks_at_a_link_does_not_use_it_up(dashboard: Dashboard) -> None:
    """HEAD, as mail scanners and chat previews send it."""
    link, browser = dashboard.link(), dashboard.browser()
    head = browser.client.head(link, base_url=HOST)

    assert head.status_code == 200 and "Set-Cookie" not in head.headers
    assert browser.get(link).status_code == 303


def test_a_one_time_link_is_short_lived(dashboard: Dashboard, clock: Clock) -> None:
    """After ten minutes it lets nobody in."""
    link = dashboard.link()
    clock.ms += grants.LINK_MS - 1
    early = dashboard.link()
    clock.ms += 1

    assert dashboard.browser().get(link).status_code == 403
    assert dashboard.browser().get(early).status_code == 303


def test_a_session_ends_by_itself(make: Make, clock: Clock) -> None:
    """After `session_duration`, however busy it was."""
    browser = make(session_duration=3600).signed_in()
    clock.ms += 3_599_999
    assert browser.get("/dashboard/now").status_code == 200
    clock.ms += 1
    assert browser.get("/dashboard/now").status_code == 401


def test_a_revoked_session_ends_at_once(dashboard: Dashboard) -> None:
    """With the next request."""
    browser = dashboard.signed_in()
    (session,) = grants.holding(dashboard.bot.store, dashboard.bot.now_ms())
    grants.revoke(dashboard.bot.store, [session.id], dashboard.bot.now_ms())

    assert browser.get("/dashboard/now").status_code == 401


def test_sign_out_ends_the_session_wherever_its_cookie_is(dashboard: Dashboard) -> None:
    """A copy of the cookie is worth nothing any more."""
    browser, thief = dashboard.signed_in(), dashboard.browser()
    browser.get("/dashboard/now")
    thief.put_cookie(browser.cookie)
    assert thief.get("/dashboard/now").status_code == 200

    assert browser.post("/dashboard/sign-out").location == "/dashboard/sign-in"
    assert browser.get("/dashboard/now").status_code == 401
    assert thief.get("/dashboard/now").status_code == 401


def test_an_altered_cookie_is_none(dashboard: Dashboard) -> None:
    """Each byte of it is signed."""
    browser = dashboard.signed_in()
    browser.get("/dashboard/now")
    good = browser.cookie
    for place in (0, len(good) // 2, len(good) - 2):
        second = "A" if good[place] != "A" else "B"
        browser.put_cookie(good[:place] + second + good[place + 1 :])
        assert browser.get("/dashboard/now").status_code == 401
    browser.put_cookie(good)
    assert browser.get("/dashboard/now").status_code == 200


def test_a_token_of_one_kind_is_none_of_another(dashboard: Dashboard) -> None:
    """A link is no session, an embedded view no link."""
    token = dashboard.link().rpartition("/")[2]
    store, now_ms = dashboard.bot.store, dashboard.bot.now_ms()
    assert grants.find(store, token, "link", now_ms)
    assert grants.find(store, token, "session", now_ms) is None
    assert grants.find(store, token, "embed", now_ms) is None
    assert dashboard.browser().get(f"/dashboard/embed/{token}/").status_code == 403


def test_the_store_holds_no_token(dashboard: Dashboard) -> None:
    """Whoever reads it, a backup for example, gets in nowhere."""
    token = dashboard.link().rpartition("/")[2]
    (stored,) = grants.holding(dashboard.bot.store, dashboard.bot.now_ms())
    assert token not in str(stored)
    assert dashboard.browser().get(f"/dashboard/open/{stored.digest}").status_code == 403
    assert dashboard.browser().get(f"/dashboard/open/{stored.id}").status_code == 403


def test_signing_in_makes_a_new_session(dashboard: Dashboard) -> None:
    """Fixation: a cookie that an attacker put there before is worth nothing afterwards, and what
    the attacker has does not become the victim's.
    """
    attacker, victim = dashboard.signed_in("viewer", "Eve"), dashboard.browser()
    attacker.get("/dashboard/now")
    planted = attacker.cookie
    victim.put_cookie(planted)
    assert victim.get(dashboard.link("operator", "Vic")).status_code == 303

    assert victim.cookie != planted
    assert victim.is_in_as("Vic", "operator")
    assert attacker.get("/dashboard/now").status_code == 401


def test_a_form_token_from_before_the_sign_in_does_not_count(dashboard: Dashboard) -> None:
    """It is of the session that was there before."""
    browser = dashboard.signed_in("viewer", "Eve")
    browser.get("/dashboard/now")
    before = browser.token
    browser.get(dashboard.link())
    browser.get("/dashboard/now")

    assert browser.post("/dashboard/sign-out", token=before).status_code == 400
    assert browser.get("/dashboard/now").status_code == 200


def test_a_person_has_few_sessions(dashboard: Dashboard, clock: Clock) -> None:
    """A new one ends the oldest; those of others stay."""
    second = dashboard.signed_in(name="Bo")
    browsers: list[Browser] = []
    for _ in range(grants.MOST_SESSIONS + 1):
        clock.ms += 1
        browsers.append(dashboard.signed_in())

    statuses = [browser.get("/dashboard/now").status_code for browser in browsers]
    assert statuses == [401] + [200] * grants.MOST_SESSIONS
    assert second.get("/dashboard/now").status_code == 200


def test_of_sessions_of_one_millisecond_the_oldest_ends(dashboard: Dashboard) -> None:
    """The clock stands still: the order in which they were made decides, never chance."""
    browsers = [dashboard.signed_in() for _ in range(grants.MOST_SESSIONS + 3)]

    statuses = [browser.get("/dashboard/now").status_code for browser in browsers]
    assert statuses == [401] * 3 + [200] * grants.MOST_SESSIONS


def test_with_https_browsers_use_https_alone(make: Make) -> None:
    """Every answer says so, also those to strangers; without https none does."""
    for url, expected in ((HOST, None), ("https://bot.example.org", "max-age=31536000")):
        browser = make(url).browser()
        for path in ("/dashboard/now", "/dashboard/sign-in", "/dashboard/embed/x/"):
            answer = browser.get(path, base_url=url)
            assert answer.headers.get("Strict-Transport-Security") == expected


def test_the_cookie_is_for_this_server_alone(make: Make) -> None:
    """No script reads it; over https it never goes over http, nor to another host."""
    plain = make().browser().get("/dashboard/sign-in")
    assert "Set-Cookie" not in plain.headers

    for url, name, secure in (
        (HOST, "clickup_mlops_8080=", False),
        ("https://bot.example.org", "__Host-clickup_mlops=", True),
    ):
        dashboard = make(url)
        messages = dashboard.browser().get(dashboard.link(), base_url=url).headers["Set-Cookie"]
        assert messages.startswith(name)
        assert "HttpOnly" in messages and "SameSite=Lax" in messages and "Path=/;" in messages
        assert ("Secure" in messages) is secure
        assert "Domain" not in messages


def test_the_key_is_made_once(make: Make) -> None:
    """Another process of the same store reads the cookies of the first."""
    first, second = make(), make()
    browser = first.signed_in()
    browser.get("/dashboard/now")
    third_browser = second.browser()
    third_browser.put_cookie(browser.cookie)

    assert third_browser.get("/dashboard/now").status_code == 200


def test_while_the_store_is_away_it_says_so(dashboard: Dashboard) -> None:
    """503 to everybody until the bot could open it; then it goes on."""
    readiness = dashboard.bot.core.readiness
    readiness.problem, readiness.waits_for_store = "the database at 10.0.0.7 is down", True
    answer = dashboard.browser().get("/dashboard/now")
    assert answer.status_code == 503 and "10.0.0.7" not in answer.text

    readiness.problem, readiness.waits_for_store = "", False
    assert dashboard.browser().get("/dashboard/now").status_code == 401


def test_webhooks_and_health_are_as_before(dashboard: Dashboard) -> None:
    """No form token, no session, any host."""
    client = create_app(dashboard.bot).test_client()
    assert client.get("/healthz", base_url="http://10.0.0.7").status_code == 200
    assert client.post("/hooks/in/tool", data=b"{}").status_code == 404
    assert client.post("/hooks/clickup", data=b"{}").status_code == 400
    assert "Content-Security-Policy" not in client.get("/healthz").headers
