"""Private Lists on the dashboard: who signed in with ClickUp sees what ClickUp shows them."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.features.corrections.tables.corrections import Correction, CorrectionLog
from clickup_mlops.features.dashboard.tables.grants import Grants
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.routing.decision import Decision
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.sandbox.clickup.state.access import GUEST
from clickup_mlops.store import Incoming, Write
from clickup_mlops.store.tables.history import Series
from clickup_mlops.store.tables.mutes import Mute
from clickup_mlops.store.tables.runs import AutomationRun, RunAction
from clickup_mlops.store.tables.timeline import Entry
from tests.features.dashboard.web.conftest import Browser, Clock, Dashboard, Make
from tests.features.dashboard.web.test_oauth import APP, People, now, people, sign_in

__all__ = ["now", "people"]

SECRET, PUBLIC = "Reorganisation", "Chatbot latency"
MINUTE_MS = 60_000
pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def private_list(clickup_sandbox: Sandbox) -> str:
    """The id of a List that Maria sees, and Jonas does not."""
    with connected(clickup_sandbox) as client:
        (space, *_) = client.spaces.all(clickup_sandbox.team_id)
        created = client.lists.create("Board matters", space_id=space.id)
    control = clickup_sandbox.control
    control.ui_actions.set_privacy("Board matters", True, ["Maria", control.members[0].id])
    return created.id


def connected(sandbox: Sandbox) -> ClickUp:
    return ClickUp(sandbox.token, base_url=sandbox.url)


@pytest.fixture
def dashboard(make: Make, clickup_sandbox: Sandbox, private_list: str) -> Dashboard:
    """With something of everything, about a task of the private List and one of a public List."""
    maria = clickup_sandbox.control.member("Maria").id
    dashboard = make(**APP, operators=(str(maria), str(clickup_sandbox.control.member("Jonas").id)))
    with connected(clickup_sandbox) as client:
        tasks = client.tasks.create(public_list(clickup_sandbox), PUBLIC)
        secret = client.tasks.create(private_list, SECRET)
    for task in (tasks, secret):
        fill(dashboard, task.raw)
    return dashboard


def public_list(sandbox: Sandbox) -> str:
    return next(entry.id for entry in sandbox.control.world.lists if not entry.private)


def fill(dashboard: Dashboard, raw: dict[str, Any]) -> None:
    """All that pages show, about this task."""
    bot = dashboard.bot
    store, workspace, at, task, name = (
        bot.store,
        bot.workspace_id,
        bot.now_ms(),
        raw["id"],
        raw["name"],
    )
    store.mirror.put_many(workspace, [raw], at)
    decided = Decision(task, 3, None, "inference", "breach", "x", (f"Because of {name}.",))
    store.decisions.put(task, decided.to_dict(), "k", at)
    change = Write(task, "priority", None, 3, f"k{task}", "inference_first")
    store.journal.finish(store.journal.begin(change, at), "done", at)
    store.overrides.put(task, 1, 7, at, at + 9_000_000, because=name)
    store.mutes.put(Mute(task, "inference_first", at + 9_000_000))
    store.table(CorrectionLog).put(Correction(task, "priority", at, at, name, 3, 1, name, "Ana"))
    store.table(Incidents).put(Incident(f"i{task}", workspace, task, name, at - 1, None))
    store.notes.put("incident", task, True, at)
    action = RunAction("route", name, "x", "done")
    run = AutomationRun("inference_first", task, f"k{task}", "x", at, "done", (action,))
    store.runs.put(run)
    incoming = Incoming(f"k{task}", "hook:x", workspace, name, task, None, b"{}", at, at)
    store.inbox.put(incoming)
    (row,) = store.inbox.claim(task, "me", at, at + 9_000, limit=9)
    store.inbox.park(row.id, name)
    store.timeline.put([Entry(f"e{task}", workspace, task, at - 1, "deployment", name)])
    series = Series(workspace, "triton", "latency", f"model={name}", task, "P99", "ms")
    store.history.put([(series, at - 1, 640.0)])


def addresses() -> Iterator[str]:
    """Of all pages and files, about everything, the secret and its automation."""
    for key, page in all_pages().items():
        for target in ("", f"?target={SECRET}", "?target=inference_first"):
            yield f"/dashboard/{key}{target}"
            yield f"/dashboard/{key}.json{target}"
        for section in page.sections:
            yield f"/dashboard/{key}/section/{section}"


def in_as(dashboard: Dashboard, people: People, who: str) -> Browser:
    browser = dashboard.browser()
    assert sign_in(browser, people, who).status_code == 303
    return browser


def texts(browser: Browser) -> str:
    """All that the dashboard shows, without what the address itself says."""
    answers = [browser.get(address) for address in addresses()]
    assert {answer.status_code for answer in answers} == {200}
    return "".join(answer.text for answer in answers)


def test_no_page_says_anything_about_a_private_list(dashboard: Dashboard, people: People) -> None:
    """HTML, JSON, each section, by any target: not its name, not its id, not its number."""
    secret = next(task.id for task in people.control.world.tasks if task.name == SECRET)
    maria, jonas = (
        texts(in_as(dashboard, people, "Maria")),
        texts(in_as(dashboard, people, "Jonas")),
    )

    assert PUBLIC in maria and PUBLIC in jonas
    assert f"Because of {SECRET}" in maria and secret in maria
    assert secret not in jonas and f"Because of {SECRET}" not in jonas
    assert f"model={SECRET}" not in jonas


def lane(browser: Browser, query: str = "") -> dict[str, Any]:
    content = orjson.loads(browser.get(f"/dashboard/now.json{query}").data)
    return next(section for section in content["sections"] if section["key"] == "lane")


def test_counts_and_pages_are_of_what_the_person_sees(dashboard: Dashboard, people: People) -> None:
    """No total betrays that there is more, in any order or search."""
    maria, jonas = in_as(dashboard, people, "Maria"), in_as(dashboard, people, "Jonas")
    for query in ("", "?page=2", "?list=", f"?search={SECRET}", "?target=x"):
        assert orjson.dumps(lane(maria, query)) != orjson.dumps(lane(jonas, query))
        output = orjson.dumps(lane(jonas, query)).decode()
        assert f"Because of {SECRET}" not in output and "Board matters" not in output
    csv = jonas.get("/dashboard/now/csv/lane/tasks.csv").text
    assert PUBLIC in csv and SECRET not in csv
    assert SECRET in maria.get("/dashboard/now/csv/lane/tasks.csv").text


def test_buttons_do_nothing_to_what_the_person_does_not_see(
    dashboard: Dashboard, people: People
) -> None:
    """Numbers of changes and events can be guessed."""
    store, secret = dashboard.bot.store, None
    for row in store.inbox.list("parked", 9):
        secret = row if row.error == SECRET else secret
    assert secret is not None
    jonas = in_as(dashboard, people, "Jonas")
    page = jonas.get("/dashboard/automations")
    jonas.post("/dashboard/do/replay", data={"event": str(secret.id)})
    assert page.status_code == 200 and store.inbox.get(secret.id).state == "parked"  # type: ignore[union-attr]

    maria = in_as(dashboard, people, "Maria")
    maria.get("/dashboard/automations")
    maria.post("/dashboard/do/replay", data={"event": str(secret.id)})
    assert store.inbox.get(secret.id).state != "parked"  # type: ignore[union-attr]


def test_a_list_made_private_is_hidden_within_minutes(
    dashboard: Dashboard, people: People, clock: Clock
) -> None:
    """As soon as what was read is too old, and at once for who signs in anew."""
    jonas = in_as(dashboard, people, "Jonas")
    assert PUBLIC in jonas.get("/dashboard/now").text
    name = people.control.world.lists[public_list(people.sandbox)].name
    people.control.ui_actions.set_privacy(name, True)

    assert PUBLIC not in in_as(dashboard, people, "Jonas").get("/dashboard/now").text
    assert PUBLIC in jonas.get("/dashboard/now").text
    clock.ms += 5 * MINUTE_MS
    assert PUBLIC not in jonas.get("/dashboard/now").text


def test_a_revoked_token_ends_the_session(
    dashboard: Dashboard, people: People, clock: Clock
) -> None:
    """ClickUp answers 401: the person is signed out, and nothing of them is left in the store."""
    jonas = in_as(dashboard, people, "Jonas")
    assert jonas.get("/dashboard/now").status_code == 200
    person = people.control.member("Jonas").id
    for token in [token for token in people.control.world.tokens if token.user_id == person]:
        people.control.world.tokens.drop(token.id)
    clock.ms += 5 * MINUTE_MS

    assert jonas.get("/dashboard/now").status_code == 401
    assert dashboard.bot.store.table(Grants).list(clock.ms) == []


def test_the_store_does_not_open_a_token(dashboard: Dashboard, people: People) -> None:
    """It is sealed with what only the browser has, and gone with the sign-out."""
    jonas = in_as(dashboard, people, "Jonas")
    (grant,) = dashboard.bot.store.table(Grants).list(dashboard.bot.now_ms())
    assert grant.sealed and all(
        token.id not in grant.sealed for token in people.control.world.tokens
    )
    jonas.get("/dashboard/now")
    jonas.post("/dashboard/sign-out")
    rows = dashboard.bot.store.database.engine.connect().exec_driver_sql(
        "select sealed from access_grant"
    )
    assert {text for (text,) in rows} == {""}


def test_two_people_at_once_see_their_own(dashboard: Dashboard, people: People) -> None:
    """Connections and answers are never mixed up; an ETag of one is none of the other."""
    maria, jonas = in_as(dashboard, people, "Maria"), in_as(dashboard, people, "Jonas")
    observations: list[bool] = []

    def look(browser: Browser, sees: bool) -> None:
        for _ in range(5):
            text = browser.get("/dashboard/now").text
            observations.append((SECRET in text) is sees)

    threads = [threading.Thread(target=look, args=pair) for pair in ((maria, True), (jonas, False))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert observations == [True] * 10
    etag = maria.get("/dashboard/now").headers["ETag"]
    assert jonas.get("/dashboard/now", headers={"If-None-Match": etag}).status_code == 200


def test_who_became_a_guest_or_left_is_signed_out(dashboard: Dashboard, people: People) -> None:
    """By the job that asks who is a member."""
    jonas, maria = in_as(dashboard, people, "Jonas"), in_as(dashboard, people, "Maria")
    people.control.member("Jonas").role = GUEST
    people.control.world.teams[people.sandbox.team_id].member_ids.remove(
        people.control.member("Maria").id
    )
    dashboard.bot.jobs.runner.run("members")
    for browser in (jonas, maria):
        assert browser.get("/dashboard/now").status_code == 401


def test_a_list_that_is_shared_out_of_a_private_space_is_shown(
    dashboard: Dashboard, people: People
) -> None:
    """ClickUp lists it in the shared hierarchy alone, as it does a Folder."""
    people.control.ui_actions.set_privacy("Board matters", False)
    space = people.control.world.spaces[
        people.control.world.lists[public_list(people.sandbox)].space_id
    ]
    people.control.ui_actions.set_privacy(space.name, True)
    assert PUBLIC not in in_as(dashboard, people, "Jonas").get("/dashboard/now").text
    people.control.ui_actions.set_privacy("Board matters", False, ["Jonas"])

    page = in_as(dashboard, people, "Jonas").get("/dashboard/now").text
    assert SECRET in page and PUBLIC not in page


def test_asking_takes_two_calls_and_two_for_each_space(
    dashboard: Dashboard, people: People, clock: Clock
) -> None:
    """With the person's token, once in five minutes, however many pages are opened."""
    jonas = in_as(dashboard, people, "Jonas")
    spaces = sum(1 for _ in people.control.world.spaces)
    people.control.reset_counts()
    for _ in range(3):
        assert jonas.get("/dashboard/now").status_code == 200
    assert people.control.stats.total == 2 + 2 * spaces
    clock.ms += 5 * MINUTE_MS
    jonas.get("/dashboard/now")
    assert people.control.stats.total == 2 * (2 + 2 * spaces)


def test_while_clickup_is_away_what_was_read_is_used_twice_as_long(
    dashboard: Dashboard, people: People, clock: Clock
) -> None:
    """Then pages answer 502, and nobody is signed out."""
    jonas = in_as(dashboard, people, "Jonas")
    assert jonas.get("/dashboard/now").status_code == 200
    people.control.faults.add("status", times=None)
    clock.ms += 6 * MINUTE_MS
    assert jonas.get("/dashboard/now").status_code == 200
    clock.ms += 6 * MINUTE_MS
    answer = jonas.get("/dashboard/now")
    assert answer.status_code == 502 and PUBLIC not in answer.text
    people.control.faults.clear()
    assert jonas.get("/dashboard/now").status_code == 200


def embed(browser: Browser) -> str:
    """The path of a link to the page Now, made by the button on it."""
    browser.get("/dashboard/now")
    assert browser.post("/dashboard/embed", data={"view": "now"}).status_code == 303
    (link,) = re.findall(r"/dashboard/embed/[\w-]{43}/", browser.get("/dashboard/now").text)
    return str(link)


def test_an_embedded_view_shows_what_its_creator_sees_now(
    dashboard: Dashboard, people: People, clock: Clock
) -> None:
    """To whoever has the link, until it is taken from the creator; a sign-out does not end it."""
    maria, jonas = in_as(dashboard, people, "Maria"), in_as(dashboard, people, "Jonas")
    of_maria, of_jonas = embed(maria), embed(jonas)
    anybody = dashboard.browser()
    assert SECRET in anybody.get(of_maria).text
    assert PUBLIC in anybody.get(of_jonas).text and SECRET not in anybody.get(of_jonas).text

    maria.post("/dashboard/sign-out")
    assert SECRET in anybody.get(of_maria).text
    people.control.ui_actions.unshare("Board matters", "Maria")
    clock.ms += 5 * MINUTE_MS
    assert SECRET not in anybody.get(of_maria).text and PUBLIC in anybody.get(of_maria).text


def test_a_link_ends_with_its_creators_membership_or_token(
    dashboard: Dashboard, people: People, clock: Clock
) -> None:
    """As the sessions do."""
    maria, jonas = in_as(dashboard, people, "Maria"), in_as(dashboard, people, "Jonas")
    of_maria, of_jonas = embed(maria), embed(jonas)
    person = people.control.member("Maria").id
    for token in [token for token in people.control.world.tokens if token.user_id == person]:
        people.control.world.tokens.drop(token.id)
    people.control.member("Jonas").role = GUEST
    dashboard.bot.jobs.runner.run("members")
    clock.ms += 5 * MINUTE_MS

    anybody = dashboard.browser()
    assert {anybody.get(link).status_code for link in (of_maria, of_jonas)} == {403}


def test_only_operators_make_links(make: Make, people: People) -> None:
    """A link lets in whoever has it."""
    browser = in_as(make(**APP), people, "Jonas")
    assert "/dashboard/embed" not in browser.get("/dashboard/now").text
    assert browser.post("/dashboard/embed", data={"view": "now"}).status_code == 403
