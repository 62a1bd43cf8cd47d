"""A team on the sandbox and the bot beside it, over real HTTP on both sides."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from waitress.server import create_server
from waitress.wasyncore import close_all

from clickup_mlops import content
from clickup_mlops.automations import load
from clickup_mlops.automations.choices import AS_SHIPPED
from clickup_mlops.automations.model import Automation
from clickup_mlops.automations.settings import AutomationsSettings
from clickup_mlops.bot import app
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.handle.context.package import ContextPackage
from clickup_mlops.bot.members import member
from clickup_mlops.bot.packages import NORMAL, Builds
from clickup_mlops.bot.settings import Settings
from clickup_mlops.interfaces.web.app import create_app
from clickup_mlops.routing.classifier import classify, learned
from clickup_mlops.routing.classifier.classify import Classifier
from clickup_mlops.routing.policy import Incident
from clickup_mlops.sandbox import Sandbox
from tests.bot.conftest import postgres_url, redis_url
from tests.empty import store_at
from tests.ports import BoundPort

__all__ = ["postgres_url", "redis_url"]

T = TypeVar("T")

LIST = "Tasks"
INFERENCE = "Roll out the vLLM inference endpoint for the ranker"
POSSIBLE = "Chat model is down for all customers"
"""Of inference, and a possible incident for a team that is `never_sure`."""
TRAINING = "Fine-tune the ranker: training run on the March data"
EXAMPLES = """
[[example]]
name = "acts"
expect = [{ action = "any" }]
[[example]]
name = "stays quiet"
expect = []
"""


classifier = cache(classify.load)
"""The project's, as it is shipped."""


@cache
def shipped() -> tuple[Automation, ...]:
    """The automations of the project, as they are shipped."""
    return load.load(*AutomationsSettings().folders)


actions = cache(load.find_actions)


class SharedContext(ContextPackage):
    """Bots that use the shipped automations and model share them: they are read once."""

    @member
    def automations(self) -> tuple[Automation, ...]:
        settings = self.core.settings.automations
        if settings.folder or not settings.by_name.keys() <= {a.name for a in shipped()}:
            return load.load(*settings.folders, choices=settings.by_name)
        # One of the same name takes the place of a shipped one, with what was chosen for it.
        local = content.list_toml_files(*settings.own_folders) if settings.own_folders else []
        files = {automation.name: automation.file for automation in shipped()}
        files |= {file.stem: file for file in local}
        changed = settings.by_name.keys() | {file.stem for file in local}
        automations = {automation.name: automation for automation in shipped()} | {
            name: load.read(files[name], actions(), settings.by_name.get(name, AS_SHIPPED))
            for name in changed
        }
        return tuple(automations[name] for name in sorted(automations))

    @member
    def classifier(self) -> Classifier:
        classifier_settings = self.core.settings.classifier
        learned_here = learned.read(classifier_settings.learned)
        if classifier_settings.corpus or learned_here:
            return classify.load(classifier_settings.corpus, learned_here)
        return classifier()


SHARED = replace(NORMAL, context=SharedContext)


def build(settings: Settings, builds: Builds = SHARED, **how: Any) -> Bot:
    """A bot as it is built everywhere, and sooner."""
    return app.build(settings, builds=builds, **how)


class Team:
    """The sandbox, a bot in immediate mode, and the receiver between them.

    `how`: what the bot is built with besides its settings.
    """

    def __init__(self, sandbox: Sandbox, bot: Bot, **how: Any) -> None:
        self.sandbox, self.bot, self._how = sandbox, bot, how
        self.receiver: Any = Relay(self)
        self.control = sandbox.control
        self.member = self.control.as_user(self.control.members[1].id)

    def settle(self) -> None:
        """Deliver and handle until nothing moves any more, echoes included."""
        while True:
            assert self.control.deliveries.wait_idle()
            paused = self.bot.lanes.gate.is_closed(self.bot.now_ms())
            if paused or not self.bot.run_until_idle():
                return

    def priority(self, task_id: str) -> int | None:
        """The task's priority in ClickUp."""
        raw = self.control.task(task_id)["priority"]
        return None if raw is None else int(raw["id"])

    def bot_writes(self, task_id: str = "") -> list[Any]:
        """Priorities that the bot wrote."""
        bot = self.control.members[0].id
        return self.control.writes(task_id, field="priority", actor=bot)

    def restart(
        self, settings: Settings | None = None, builds: Builds = SHARED, **how: Any
    ) -> None:
        """Stop the bot; another one, with these settings and `how` if they are given, goes on."""
        with self.bot:
            settings = settings or self.bot.settings
        self._how |= how
        self.bot = build(settings, builds=builds, **self._how)

    def never_sure(self) -> None:
        """Go on with thresholds by which a text alone makes possible incidents only."""
        settings = self.bot.settings
        bars = Incident(threshold=1.0, possible=0.3)
        routing = settings.routing.model_copy(update={"incident": bars})
        self.restart(settings.model_copy(update={"routing": routing}))

    def configure(self, **automations: Any) -> None:
        """Go on with these settings of `[automations]`."""
        settings = self.bot.settings
        automations_settings = type(settings.automations)(
            **settings.automations.model_dump(by_alias=True) | automations
        )
        self.restart(settings.model_copy(update={"automations": automations_settings}))

    def use(self, folder: Path, **automations: str) -> None:
        """Have the bot follow these automations (TOML by name), and others of the folder."""
        for name, text in automations.items():
            head = "" if "summary" in text else f'summary = "{name}"\n'
            (folder / f"{name}.toml").write_text(f"{head}{text}\n{EXAMPLES}", encoding="utf-8")
        self.configure(folder=folder)

    def job(self, name: str) -> None:
        """Have a scheduled job run now."""
        self.bot.jobs.queue.run_now(name)
        self.settle()


class Relay:
    """The bot of the team, whichever it is now: a receiver survives its restart."""

    def __init__(self, team: Team) -> None:
        self._team = team

    def __getattr__(self, name: str) -> Any:
        return getattr(self._team.bot, name)


def until(condition: Callable[[], T], seconds: float = 20) -> T:
    """What was waited for, as soon as it is there."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
    return result


@contextmanager
def receiving(bot: Bot, port: BoundPort) -> Iterator[None]:
    """The bot's receiver on a port."""
    server = create_server(create_app(bot), sockets=[port.socket], threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        # In the server's own thread: it must not wait on sockets that somebody else has closed.
        # It may do so before the trigger is written to, which is then closed already.
        with suppress(OSError):
            server.trigger.pull_trigger(lambda: close_all(server._map, ignore_all=True))
        thread.join(timeout=2)
        server.task_dispatcher.shutdown(timeout=1)


def settings_for(sandbox: Sandbox, folder: Path, port: BoundPort | int, **tables: Any) -> Settings:
    """Settings that point to the sandbox, with a store in the folder."""
    hooks = {"public_url": f"http://127.0.0.1:{port}/hooks/clickup"} | tables.pop("hooks", {})
    return Settings(
        clickup={"token": sandbox.token, "base_url": sandbox.url},
        store=tables.pop("store", None) or {"url": store_at(folder / "bot.db")},
        hooks=hooks,
        automations={"mode": "on"} | tables.pop("automations", {}),
        **tables,
    )


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[Team]:
    """Webhook registered, all quiet, counts at zero. The bot lives by the sandbox's clock."""
    port = BoundPort()
    settings = settings_for(clickup_sandbox, tmp_path, port)
    clock = clickup_sandbox.control.clock
    sleep = lambda seconds: clock.advance(int(seconds * 1000))  # noqa: E731
    with working(clickup_sandbox, settings, port, clock=clock.now_ms, sleep=sleep) as team:
        team.bot.sources.hooks.register()
        team.bot.sources.backfill.run()
        assert team.bot.user_id
        team.control.reset_counts()
        yield team


@contextmanager
def working(sandbox: Sandbox, settings: Settings, port: BoundPort, **how: Any) -> Iterator[Team]:
    """A team whose bot can be restarted, with its receiver on the port."""
    team = Team(sandbox, build(settings, **how), **how)
    try:
        with receiving(team.receiver, port):
            yield team
    finally:
        with team.bot:
            pass
