"""Sign-in with ClickUp, through the sandbox's own consent page."""

import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from werkzeug.test import TestResponse

from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.features.dashboard import grants
from clickup_mlops.features.dashboard.membership import end_sessions_of_former_members
from clickup_mlops.features.dashboard.web import oauth
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.sandbox.clickup.state.access import GUEST
from clickup_mlops.sandbox.clickup.state.model import Team
from tests.features.dashboard.web.conftest import Browser, Clock, Dashboard, Make

APP = {"client_id": "our-app", "client_secret": "its-secret"}
TOKEN_CALL = "/api/v2/oauth/token"


@pytest.fixture
def dashboard(make: Make) -> Dashboard:
    return make(**APP)


class People:
    """Who use the sandbox's consent page, as a browser without script does."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.control = sandbox, sandbox.control

    def consent(self, location: str, who: str, teams: list[str] | None = None) -> str:
        """The address to which the page sends the browser back."""
        page = requests.get(location, timeout=10)
        assert page.ok and "our-app" in page.text
        request_query = {
            name: value[0] for name, value in parse_qs(urlsplit(location).query).items()
        }
        form = {name: request_query[name] for name in ("client_id", "redirect_uri", "state")}
        form["form_token"] = re.findall(r'name="form_token" value="([^"]+)"', page.text)[0]
        form["user_id"] = str(self.control.member(who).id)
        chosen = [self.sandbox.team_id] if teams is None else teams
        answer = requests.post(
            f"{self.sandbox.url}/oauth/authorize",
            data=[*form.items(), *(("team_id", team_id) for team_id in chosen)],
            allow_redirects=False,
            timeout=10,
        )
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]


@pytest.fixture
def people(clickup_sandbox: Sandbox) -> People:
    return People(clickup_sandbox)


@pytest.fixture
def now(clock: Clock) -> None:
    """The bot's clock is ClickUp's, which it follows after a call of its own."""
    clock.ms = int(time.time() * 1000)


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def begin(browser: Browser, expected: str = "") -> str:
    """The address of the consent page."""
    query = f"?next={expected}" if expected else ""
    answer = browser.get(f"/dashboard/sign-in/clickup{query}")
    assert answer.status_code == 302
    return answer.location


def sign_in(
    browser: Browser, people: People, who: str, teams: list[str] | None = None, expected: str = ""
) -> TestResponse:
    return browser.get(path_of(people.consent(begin(browser, expected), who, teams)))


def test_a_member_signs_in_and_is_where_they_wanted_to_be(
    dashboard: Dashboard, people: People
) -> None:
    """The page that asked for the sign-in leads back to itself."""
    browser = dashboard.browser()
    page = browser.get("/dashboard/model?target=chat")
    (link,) = re.findall(r'href="([^"]+sign-in/clickup[^"]+)"', page.text)
    begun = browser.get(link.replace("&amp;", "&"))
    entered = browser.get(path_of(people.consent(begun.location, "Maria")))

    assert (entered.status_code, entered.location) == (303, "/dashboard/model?target=chat")
    assert browser.is_in_as("Maria Keller", "viewer")


def test_clickups_own_page_is_asked_for_the_real_clickup() -> None:
    """A sandbox has one beside its API."""
    assert oauth._consent_page("https://api.clickup.com") == "https://app.clickup.com/api"
    assert oauth._consent_page("http://127.0.0.1:9") == "http://127.0.0.1:9/api"


@pytest.mark.parametrize("known_by", ["id", "email"])
def test_operators_are_named_in_the_settings(make: Make, people: People, known_by: str) -> None:
    """By id or by e-mail, in any case; the others may look."""
    maria = people.control.member("Maria")
    name = str(maria.id) if known_by == "id" else maria.email.upper()
    dashboard = make(**APP, operators=(name,))
    for person, role in (("Maria", "operator"), ("Jonas", "viewer")):
        browser = dashboard.browser()
        sign_in(browser, people, person)
        assert browser.is_in_as(people.control.member(person).username, role)


def test_a_member_of_another_workspace_stays_out(dashboard: Dashboard, people: People) -> None:
    """Whatever they chose at the consent page."""
    world = people.control.world
    eve = people.control.member("Jonas")
    world.teams[people.sandbox.team_id].member_ids.remove(eve.id)
    world.teams.put(Team("999", "Elsewhere", member_ids=[eve.id]))
    for teams in (["999"], [people.sandbox.team_id], ["999", people.sandbox.team_id]):
        browser = dashboard.browser()
        answer = sign_in(browser, people, "Jonas", teams)
        assert answer.status_code == 403 and "no member" in answer.text
        assert browser.get("/dashboard/now").status_code == 401
    assert grants.holding(dashboard.bot.store, dashboard.bot.now_ms()) == []


def test_a_member_who_does_not_choose_the_workspace_stays_out(
    dashboard: Dashboard, people: People
) -> None:
    """Membership is what ClickUp says with the token, not what the person says."""
    maria = people.control.member("Maria")
    people.control.world.teams.put(Team("999", "Elsewhere", member_ids=[maria.id]))
    browser = dashboard.browser()
    assert sign_in(browser, people, "Maria", ["999"]).status_code == 403
    assert browser.get("/dashboard/now").status_code == 401


def test_a_guest_stays_out(dashboard: Dashboard, people: People) -> None:
    """Guests see parts of the Workspace alone, and the dashboard shows all of it."""
    people.control.member("Jonas").role = GUEST
    answer = sign_in(dashboard.browser(), people, "Jonas")
    assert answer.status_code == 403 and "guests have no access" in answer.text


def test_the_state_is_of_the_browser_that_began(dashboard: Dashboard, people: People) -> None:
    """An attacker's code in the victim's browser, or without any begin: no call is made."""
    attacker, victim = dashboard.browser(), dashboard.browser()
    back = path_of(people.consent(begin(attacker), "Maria"))
    people.control.reset_counts()
    begin(victim)
    for browser in (victim, dashboard.browser()):
        assert browser.get(back).status_code == 403
        assert browser.get("/dashboard/now").status_code == 401
    assert people.control.stats.total == 0
    assert attacker.get(back).status_code == 303


def test_an_answer_counts_once(dashboard: Dashboard, people: People) -> None:
    """Code and state are used up, also for the same browser."""
    browser = dashboard.browser()
    back = path_of(people.consent(begin(browser), "Maria"))
    assert browser.get(back).status_code == 303
    again = browser.get(back)
    assert again.status_code == 403


def test_a_code_of_another_app_or_none_lets_nobody_in(dashboard: Dashboard, people: People) -> None:
    """Altered, missing, or refused by the person."""
    for change in ("code=forged", "code=", "error=access_denied"):
        browser = dashboard.browser()
        state = parse_qs(urlsplit(begin(browser)).query)["state"][0]
        answer = browser.get(f"/dashboard/signed-in?{change}&state={state}")
        assert answer.status_code == 403, change
        assert browser.get("/dashboard/now").status_code == 401


def test_many_begins_leave_one_state(dashboard: Dashboard) -> None:
    """The cookie does not grow; the last one counts."""
    browser = dashboard.browser()
    begin(browser)
    once = len(browser.cookie)
    for _ in range(30):
        begin(browser)
    assert len(browser.cookie) < once + 20


def test_while_clickup_is_away_nobody_gets_in(dashboard: Dashboard, people: People) -> None:
    """And people read that it is not their fault."""
    browser = dashboard.browser()
    back = path_of(people.consent(begin(browser), "Maria"))
    people.control.reset_counts()
    people.control.faults.add("status", status_code=503, path=TOKEN_CALL, times=None)
    answer = browser.get(back)
    assert answer.status_code == 403 and "did not confirm" in answer.text
    assert browser.get("/dashboard/now").status_code == 401
    assert people.control.stats.total == 1, "a browser waits: nothing is tried again"


def test_few_sign_in_at_the_same_time(dashboard: Dashboard, people: People) -> None:
    """Others are asked to try again, without a call to ClickUp."""
    browser = dashboard.browser()
    flow = oauth.sign_in(dashboard.web, dashboard.bot)
    assert flow is not None
    while flow.turns.acquire(blocking=False):
        pass
    with dashboard.web.test_request_context(), pytest.raises(oauth.StoreBusy):
        flow.finish()
    assert browser.get("/dashboard/sign-in").status_code == 200


def test_neither_secret_nor_token_reaches_the_browser(dashboard: Dashboard, people: People) -> None:
    """The client's secret, the code, ClickUp's token: none is in a cookie or a page."""
    browser = dashboard.browser()
    back = people.consent(begin(browser), "Maria")
    answer = browser.get(path_of(back))
    page = browser.get("/dashboard/now")
    tokens = [token.id for token in people.control.world.tokens if token.oauth]
    assert tokens
    for secret in ("its-secret", *tokens, parse_qs(urlsplit(back).query)["code"][0]):
        for text in (browser.cookie, page.text, answer.text, str(answer.headers)):
            assert secret not in text


def test_without_an_app_there_is_no_such_way(make: Make) -> None:
    """The sign-in page offers the link of a person at the machine alone."""
    browser = make().browser()
    assert "Sign in with ClickUp" not in browser.get("/dashboard/sign-in").text
    for path in ("/dashboard/sign-in/clickup", "/dashboard/signed-in?code=a&state=b"):
        assert browser.get(path).status_code in (401, 404)


def test_operators_follow_the_settings(make: Make, people: People) -> None:
    """A session that exists is an operator's as long as the settings of the running server say so;
    `dashboard list` shows the same.
    """
    maria = people.control.member("Maria")
    before = make(**APP, operators=(maria.email,))
    browser = before.browser()
    sign_in(browser, people, "Maria")
    assert browser.is_in_as(maria.username, "operator")

    for operators, role in (((), "viewer"), ((f" {maria.id} ",), "operator")):
        restarted = make(**APP, operators=operators)
        again = restarted.browser()
        again.put_cookie(browser.cookie)
        assert again.is_in_as(maria.username, role)
        (stored,) = grants.holding(restarted.bot.store, restarted.bot.now_ms())
        assert grants.role(stored, operators) == role


def test_a_person_at_the_machine_keeps_the_role_of_the_link(make: Make) -> None:
    """Nobody names them in the settings."""
    assert make(**APP).signed_in("operator", "Ana").is_in_as("Ana", "operator")


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize("how", ["removed", "guest"])
def test_who_is_no_member_any_more_loses_the_session(
    dashboard: Dashboard, people: People, how: str
) -> None:
    """With the next look at the members; others stay, and so does a person at the machine."""
    jonas, maria, ana = dashboard.browser(), dashboard.browser(), dashboard.signed_in()
    sign_in(jonas, people, "Jonas")
    sign_in(maria, people, "Maria")
    dashboard.bot.jobs.runner.run("members")
    assert jonas.get("/dashboard/now").status_code == 200

    member = people.control.member("Jonas")
    if how == "guest":
        member.role = GUEST
    else:
        people.control.world.teams[people.sandbox.team_id].member_ids.remove(member.id)
    dashboard.bot.jobs.runner.run("members")
    statuses = [browser.get("/dashboard/now").status_code for browser in (jonas, maria, ana)]
    assert statuses == [401, 200, 200]


@pytest.mark.usefixtures("now")
def test_while_clickup_is_away_nobody_loses_a_session(dashboard: Dashboard, people: People) -> None:
    """Nor if the bot's own token does not see the Workspace any more."""
    browser = dashboard.browser()
    sign_in(browser, people, "Maria")
    people.control.faults.add("status", status_code=503, path="/api/v2/team", times=None)
    with pytest.raises(Postponed):
        dashboard.bot.jobs.runner.run("members")
    assert browser.get("/dashboard/now").status_code == 200
    assert not end_sessions_of_former_members(dashboard.bot.store, dict, dashboard.bot.now_ms())


@pytest.mark.usefixtures("now")
def test_members_cost_no_call_while_nobody_is_signed_in(
    dashboard: Dashboard, people: People
) -> None:
    """One while somebody is; pages never ask."""
    ana = dashboard.signed_in()
    people.control.reset_counts()
    dashboard.bot.jobs.runner.run("members")
    assert people.control.stats.total == 0

    maria = dashboard.browser()
    sign_in(maria, people, "Maria")
    assert maria.get("/dashboard/now").status_code == 200  # which asks what Maria sees
    people.control.reset_counts()
    dashboard.bot.jobs.runner.run("members")
    for _ in range(3):
        assert {browser.get("/dashboard/now").status_code for browser in (ana, maria)} == {200}
    assert people.control.stats.total == 1


def test_without_sign_in_nobody_looks_for_members(make: Make) -> None:
    """There is no such job."""
    assert "members" not in {job.name for job in make().bot.jobs.registered}
    assert "members" in {job.name for job in make(**APP).bot.jobs.registered}
