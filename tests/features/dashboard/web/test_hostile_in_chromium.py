"""Pages of what attackers wrote, in a real browser: nothing runs, nothing else is loaded."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from clickup_mlops.features.dashboard import grants
from clickup_mlops.features.dashboard.view import View
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.sandbox import Sandbox
from tests import hostile
from tests.features.dashboard.web.conftest import DAY_MS, Dashboard, Make
from tests.features.dashboard.web.shown import Quiet

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def attacked(make: Make, clickup_sandbox: Sandbox) -> Iterator[tuple[Dashboard, str]]:
    """The dashboard, and where it is served."""
    hostile.create_list(clickup_sandbox)
    dashboard = make(views={hostile.HTML: {"page": "model", "target": "t1"}})
    hostile.fill(dashboard.bot)
    server = make_server("127.0.0.1", 0, dashboard.web, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield dashboard, f"http://127.0.0.1:{server.server_port}/dashboard"
    server.shutdown()
    thread.join()
    server.server_close()


class Tab:
    """`problems`: dialogs, what its console calls an error, and requests to others."""

    def __init__(self, chromium: Any, url: str) -> None:
        self.page, self.problems = chromium.new_context().new_page(), list[str]()
        self.page.on("dialog", self._dialog)
        self.page.on("pageerror", lambda one: self.problems.append(str(one)))
        self.page.on("console", self._console)
        self.page.on("request", lambda one: self._asked(one.url, url))

    def _dialog(self, dialog: Any) -> None:
        self.problems.append(dialog.message)
        dialog.dismiss()

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.problems.append(message.text)

    def _asked(self, requests: str, url: str) -> None:
        if not requests.startswith(f"{url}/"):
            self.problems.append(requests)

    def look(self, url: str) -> None:
        """With all that can be opened opened, and refreshed once."""
        self.page.goto(url)
        self.page.evaluate(
            "for (const one of document.querySelectorAll('details')) one.open = true;"
            "for (const one of document.images) one.loading = 'eager'"
        )
        self.page.wait_for_load_state("networkidle")
        with self.page.expect_response(lambda one: one.url == url):
            self.page.evaluate(
                "for (let n = 0; n < 2; n++) document.getElementById('live-pause').click()"
            )
        self.page.wait_for_load_state("networkidle")
        assert self.page.evaluate("window.hacked") is None
        foreign = "script:not([src^='/dashboard/static/']), iframe, object, svg, style, [onerror]"
        assert self.page.locator(foreign).count() == 0
        loaded = "[...document.images].every(one => one.complete && one.naturalWidth > 0)"
        assert self.page.evaluate(loaded)


def test_nothing_of_the_data_runs(chromium: Any, attacked: tuple[Dashboard, str]) -> None:
    """Every page, its targets, and the saved view; signed in and embedded."""
    dashboard, url = attacked
    store, now_ms = dashboard.bot.store, dashboard.bot.now_ms()
    created = grants.link(store, grants.Person("", hostile.HTML, "operator"), now_ms)
    tab = Tab(chromium, url)
    tab.page.goto(f"{url}/open/{created.token}")
    views = [View(page, target) for page in all_pages() for target in ("", "t1")]
    output = 0
    for view in views:
        tab.look(f"{url}/{view}")
        output += tab.page.locator("main", has_text="onerror").count()
        link = grants.embed(store, str(view), grants.Person("", "Ana", "viewer"), now_ms, DAY_MS)
        tab.look(f"{url}/embed/{link.token}/")
        output += tab.page.locator("main", has_text="onerror").count()
    assert output >= len(views)
    tab.page.goto(f"{url}/now")
    tab.page.click("#views > summary")
    with tab.page.expect_navigation():
        tab.page.click("#views a")
    assert tab.page.locator("h1").inner_text()
    assert tab.problems == []


def test_a_picture_alone_runs_nothing(chromium: Any, attacked: tuple[Dashboard, str]) -> None:
    """Opened as a document of its own."""
    dashboard, url = attacked
    embed = dashboard.embed(View("model", "t1"))
    tab = Tab(chromium, url)
    tab.page.goto(f"{url}/embed/{embed.token}/")
    picture = tab.page.locator("img").first.get_attribute("src")
    tab.page.goto(url.removesuffix("/dashboard") + (picture or ""))
    assert tab.page.locator("svg").count() == 1
    assert tab.problems == []
