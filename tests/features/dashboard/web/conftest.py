"""A bot with a dashboard beside a sandbox; browsers without script, and Chromium."""

import logging
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.settings import ClickUpSettings
from clickup_mlops.features.dashboard import grants
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.features.dashboard.view import View
from clickup_mlops.interfaces.web.app import create_app
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.settings import StoreSettings
from tests.empty import store_at
from tests.flows.conftest import build

HOST = "http://127.0.0.1:8080"
DAY_MS = 86_400_000
CHROMIUM = os.environ.get("CLICKUP_MLOPS_TEST_CHROMIUM") or shutil.which("chromium")


class Clock:
    """The time of a test, that of the sandbox too: a bot follows ClickUp's clock, not its own."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._clock = sandbox.control.clock
        self._clock.freeze(1_764_000_000_000)

    @property
    def ms(self) -> int:
        """Unix milliseconds."""
        return self._clock.now_ms()

    @ms.setter
    def ms(self, at_ms: int) -> None:
        self._clock.set(at_ms)

    def __call__(self) -> int:
        return self.ms


class Dashboard:
    """The bot's dashboard, and what lets browsers into it."""

    def __init__(self, bot: Bot) -> None:
        self.bot, self.web = bot, create_app(bot)

    def browser(self) -> "Browser":
        """Another one, without a cookie."""
        return Browser(self.web.test_client())

    def link(self, role: str = "operator", name: str = "Ana") -> str:
        """The address of a one-time link."""
        issued = grants.link(self.bot.store, grants.Person("", name, role), self.bot.now_ms())
        return f"/dashboard/open/{issued.token}"

    def embed(self, view: View, lasts_ms: int = 90 * DAY_MS) -> grants.IssuedGrant:
        """A link for an embedded view."""
        store, now_ms = self.bot.store, self.bot.now_ms()
        return grants.embed(store, str(view), grants.Person("", "Ana", "viewer"), now_ms, lasts_ms)

    def signed_in(self, role: str = "operator", name: str = "Ana") -> "Browser":
        """A browser in which the person is signed in."""
        browser = self.browser()
        assert browser.get(self.link(role, name)).status_code == 303
        return browser


class Browser:
    """Follows nothing by itself; sends forms with the token of the page that it saw last."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.token = client, ""

    def get(self, path: str, **how: Any) -> TestResponse:
        answer = self.client.get(path, base_url=how.pop("base_url", HOST), **how)
        if result := re.search(r'name="csrf_token" value="([^"]+)"', answer.text):
            self.token = result[1]
        return answer

    def post(self, path: str, token: str | None = None, **how: Any) -> TestResponse:
        form = {"csrf_token": self.token if token is None else token} | how.pop("data", {})
        return self.client.post(path, base_url=how.pop("base_url", HOST), data=form, **how)

    def is_in_as(self, name: str, role: str) -> bool:
        """Whether a page says so."""
        text = self.get("/dashboard/now").text
        return f"<summary>{name}</summary>" in text and f"<p>{role}</p>" in text

    @property
    def cookie(self) -> str:
        """The value of its cookie; empty: none."""
        result = self.client.get_cookie("clickup_mlops_8080", domain="127.0.0.1")
        return result.value if result else ""

    def put_cookie(self, value: str) -> None:
        """As somebody who can write this browser's cookies."""
        self.client.set_cookie("clickup_mlops_8080", value, domain="127.0.0.1")


Make = Callable[..., Dashboard]


@pytest.fixture
def clock(clickup_sandbox: Sandbox) -> Clock:
    return Clock(clickup_sandbox)


@pytest.fixture
def make(clickup_sandbox: Sandbox, tmp_path: Path, clock: Clock) -> Iterator[Make]:
    """Makes a dashboard with these settings; each of a test has the same store."""
    created: list[Bot] = []

    def dashboard(public_url: str = HOST, **own: Any) -> Dashboard:
        settings = Settings.model_construct(
            clickup=ClickUpSettings(
                token=SecretStr(clickup_sandbox.token),
                base_url=clickup_sandbox.url,
                workspace_id=clickup_sandbox.team_id,
            ),
            store=StoreSettings(url=SecretStr(store_at(tmp_path / "bot.db"))),
            dashboard=DashboardSettings(enabled=True, public_url=public_url, **own),
        )
        created.append(build(settings, clock=clock))
        return Dashboard(created[-1])

    yield dashboard
    for bot in created:
        with bot:
            pass


@pytest.fixture
def dashboard(make: Make) -> Dashboard:
    return make()


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """What is printed; a test that calls `logs.configure` sees log lines among it."""
    yield capsys
    logging.basicConfig(force=True, handlers=[logging.NullHandler()])


@pytest.fixture(scope="module")
def _browser() -> Iterator[Any]:
    """Of a module: while one is open, its thread can have no other event loop."""
    api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with api.sync_playwright() as playwright:
        launch = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launch
        launch.close()


@pytest.fixture
def chromium(_browser: Any) -> Iterator[Any]:
    """A browser. What a test opens is closed with it: an open page asks its server for ever."""
    yield _browser
    for context in _browser.contexts:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")
        context.close()
