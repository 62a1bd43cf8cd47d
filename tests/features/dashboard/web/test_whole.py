"""The whole in a real browser: a bot beside the sandbox with tasks, numbers and a parked event."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from clickup_mlops.features.dashboard import grants
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import PARKED, Filter, Incoming
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team, settings_for, working
from tests.flows.metrics.conftest import LATENCY, OBJECTIVE, Page, page
from tests.ports import BoundPort

__all__ = ["page"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
DAY_MS = 86_400_000
PUBLIC = "https://bot.example.org"
MODEL = "chat-3"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}},
}
PAGES = (
    "now",
    "model",
    "infrastructure",
    "flow",
    "training",
    "automations",
    "bottlenecks",
    "impact",
    "proposals",
    "start",
)
PATHS = (
    *(f"/{key}" for key in PAGES),
    f"/model?target={MODEL}",
    "/infrastructure?target=triton",
    "/automations?target=inference_first",
)


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path, page: Page) -> Iterator[Team]:
    """Two tasks with decisions, one of them above its objective, and an event that is parked."""
    port, control = BoundPort(), clickup_sandbox.control
    for name, kind in ((LATENCY, "number"), (OBJECTIVE, "number"), ("Model", "short_text")):
        control.ui_actions.create_field(LIST, name, kind)
    binding = {"field": LATENCY, "source": "triton", "measure": "waiting_requests"}
    source = {"kind": "triton", "url": page.url}
    match = {"model": "Model"}
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        metrics={"sources": {"triton": source}, "bindings": [{**binding, "match": match}]},
        dashboard=DashboardSettings(enabled=True, public_url=f"http://127.0.0.1:{port}"),
    )
    with working(clickup_sandbox, settings, port) as team:
        team.bot.sources.hooks.register()
        page.pending = {MODEL: 640.0}
        _fill(team)
        yield team


def _fill(team: Team) -> None:
    serving = team.member.create_task(LIST, INFERENCE)
    team.member.create_task(LIST, TRAINING)
    team.member.set_field(serving, "Model", MODEL)
    team.member.set_field(serving, OBJECTIVE, 500)
    team.settle()
    team.job("metrics")
    unreadable = Incoming("bad", "hook:x", team.bot.workspace_id, "k", "t", None, b"?", None, 1)
    team.bot.inbox.put(unreadable)
    team.settle()


@pytest.fixture
def url(team: Team) -> str:
    """The dashboard's address."""
    return f"{team.bot.settings.dashboard.public_url}/dashboard"


class Tab:
    """Of a person who came by a one-time link. `problems` are what its console calls errors."""

    def __init__(self, chromium: Any, team: Team, url: str, **options: Any) -> None:
        self.page = chromium.new_context(**options).new_page()
        self.url, self.problems = url, list[str]()
        self.page.on(
            "console",
            lambda address: self.problems.append(address.text) if address.type == "error" else None,
        )
        person = grants.Person("", "Ana", "operator")
        link = grants.link(team.bot.store, person, team.bot.now_ms())
        self.page.goto(f"{url}/open/{link.token}")

    def opens(self, path: str) -> None:
        """With all its pictures."""
        answer = self.page.goto(f"{self.url}{path}")
        assert answer.status == 200, path
        self.page.evaluate(
            "Promise.all([...document.images].map("
            "one => { one.loading = 'eager'; return one.decode(); }))"
        )

    def presses(self, action: str, number: int) -> str:
        """The button about that change or event, and the one that confirms; what is said then."""
        form = self.page.locator(f'form[action$="/{action}"]')
        about = self.page.locator(f'input[value="{number}"]')
        result = self.page.locator(".confirm", has=form).filter(has=about)
        result.locator("summary").click()
        with self.page.expect_navigation():
            result.locator("button").click()
        return str(self.page.inner_text("main"))


def violations(report: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    rules = Axe().run(report).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in rules for node in rule["nodes"]]


def test_the_paths_are_those_of_all_pages() -> None:
    """A new page is opened, too."""
    assert {path.strip("/").partition("?")[0] for path in PATHS} == {*all_pages()}


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_for_everybody(chromium: Any, team: Team, url: str, look: str) -> None:
    """After the sign-in: axe finds nothing, nothing is blocked, no page scrolls sideways."""
    tab = Tab(chromium, team, url, **LOOKS[look])
    for path in PATHS:
        tab.opens(path)
        assert violations(tab.page) == [], path
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not tab.page.evaluate(wide), path
    assert tab.problems == []


def test_every_link_of_the_pages_leads_somewhere(chromium: Any, team: Team, url: str) -> None:
    """Of those that stay in the dashboard: pages of automations, models, files."""
    tab = Tab(chromium, team, url)
    result: set[str] = set()
    for path in PATHS:
        tab.opens(path)
        links = tab.page.evaluate("[...document.links].map(one => one.href)")
        result |= {link.partition("#")[0] for link in links if link.startswith(url)}
    assert f"{url}/automations?target=inference_first" in result
    answers = {address: tab.page.request.get(address).status for address in sorted(result)}
    assert {address: status for address, status in answers.items() if status != 200} == {}


def test_numbers_are_those_of_clickup(chromium: Any, team: Team, url: str) -> None:
    """A model's name, as in the manual, opens the page of the task that has it."""
    tab = Tab(chromium, team, url)
    tab.opens("/now")
    row = tab.page.locator("#lane tr", has_text=INFERENCE).inner_text()
    assert "breached" in row and "640 of 500" in row
    tab.opens(f"/model?target={MODEL}")
    assert "640" in tab.page.locator("#current").inner_text()
    assert tab.page.locator("h2", has_text=INFERENCE).count() == 1
    tab.opens(f"/model?target={team.control.find(INFERENCE).id}")
    assert tab.page.title() == f"{INFERENCE} · Models · clickup-mlops"
    tab.opens("/automations?target=metrics")
    assert f"{LATENCY}: None -> 640" in tab.page.locator("#changes").inner_text()


def test_a_change_is_undone_by_its_button(chromium: Any, team: Team, url: str) -> None:
    """In ClickUp the value before is back, and the audit says who pressed."""
    (entry, *_) = team.bot.store.audit.list(Filter(automation="inference_first"), 9)
    assert team.priority(entry.task_id) == entry.after
    tab = Tab(chromium, team, url)
    tab.opens("/automations?target=inference_first")

    presses = tab.presses("undo", entry.seq)

    team.settle()
    assert f"Undone: change {entry.seq}" in presses
    assert team.priority(entry.task_id) == entry.before
    (undone,) = team.bot.store.audit.list(Filter(automation="undo"), 9)
    assert (undone.actor, undone.task_id) == ("Ana", entry.task_id)
    tab.opens("/automations?target=inference_first")
    assert f"undone by change {undone.seq}" in tab.page.inner_text("#changes")


def test_a_parked_event_is_replayed_by_its_button(chromium: Any, team: Team, url: str) -> None:
    """It is handled once more."""
    (parked,) = team.bot.inbox.list(PARKED, 9)
    tab = Tab(chromium, team, url)
    tab.opens("/automations")

    presses = tab.presses("replay", parked.id)

    assert f"Event {parked.id} is handled again." in presses
    assert [row.id for row in team.bot.inbox.list("ready", 9)] == [parked.id]


def test_clickup_frames_a_page_about_a_model(chromium: Any, team: Team, url: str) -> None:
    """Read-only, by a link of `dashboard embed`, on a page of ClickUp."""
    now, tab = team.bot.now_ms(), chromium.new_context().new_page()
    embed = grants.embed(
        team.bot.store, f"model?target={MODEL}", grants.Person("", "Ana", "viewer"), now, DAY_MS
    )
    removesuffix = url.removesuffix("/dashboard")
    tab.route(
        f"{PUBLIC}/**",
        lambda address: address.fulfill(
            response=address.fetch(
                url=removesuffix + urlsplit(address.request.url).path, max_redirects=0
            )
        ),
    )
    frame = f'<!doctype html><iframe src="{PUBLIC}/dashboard/embed/{embed.token}/"></iframe>'
    tab.route(
        "https://app.clickup.com/**",
        lambda address: address.fulfill(body=frame, content_type="text/html"),
    )

    tab.goto("https://app.clickup.com/board")

    frame_locator = tab.frame_locator("iframe")
    assert "640" in frame_locator.locator("#current").inner_text()
    assert frame_locator.locator("form[method=post], nav").count() == 0
