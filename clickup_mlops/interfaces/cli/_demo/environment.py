"""The environment: a sandbox and a bot in one process that talk only over HTTP."""

import getpass
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr
from waitress.server import create_server

from clickup_mlops import sandbox
from clickup_mlops.automations.settings import AutomationsSettings
from clickup_mlops.bot import app
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.receive.clickup_webhook_settings import HooksSettings
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.settings import ClickUpSettings
from clickup_mlops.features.dashboard import grants
from clickup_mlops.features.dashboard.address import dashboard_url
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.interfaces.web.app import create_app
from clickup_mlops.interfaces.web.server import bind
from clickup_mlops.routing.policy import Policy
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.settings import StoreSettings

# Business Plus has 1,000 calls a minute: a demonstration should not sit out a rate limit.
SEED = "demo"
PLAN = "Business Plus"
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Environment:
    """Both sides, running."""

    clickup: Sandbox
    bot: Bot
    settings: Settings


@contextmanager
def running(port: int = 0, metrics: MetricsSettings | None = None) -> Iterator[Environment]:
    """Sandbox and bot, connected and running until the block ends. `port` is the sandbox's."""
    with (
        TemporaryDirectory(prefix="clickup-mlops-demo-") as folder,
        sandbox.running(seed=SEED, plan=PLAN, port=port) as clickup,
        _receiver(clickup, Path(folder), metrics) as (bot, settings),
    ):
        yield Environment(clickup, bot, settings)


def dashboard_link(running: Environment) -> str:
    """A link into the dashboard for one person, who may do everything there."""
    who = grants.Who("", getpass.getuser(), "operator")
    made = grants.link(running.bot.store, who, running.bot.now_ms())
    return f"{dashboard_url(running.settings)}/open/{made.token}"


@contextmanager
def _receiver(
    clickup: Sandbox, folder: Path, metrics: MetricsSettings | None
) -> Iterator[tuple[Bot, Settings]]:
    """The bot behind its web application, as `serve` runs it where there is no granian."""
    listener = bind(HOST, 0)
    port = listener.getsockname()[1]
    settings = _settings(clickup, folder, f"http://{HOST}:{port}", metrics)
    with listener, app.build(settings) as bot:
        server = create_server(create_app(bot), sockets=[listener], threads=8)
        thread = threading.Thread(target=server.run, name="receiver", daemon=True)
        thread.start()
        bot.start()
        try:
            yield bot, settings
        finally:
            bot.stop()
            server.close()
            thread.join(timeout=2)


def _settings(
    clickup: Sandbox, folder: Path, url: str, metrics: MetricsSettings | None
) -> Settings:
    # Not from file or environment: a demonstration must not reach a real workspace.
    return Settings.model_construct(
        clickup=ClickUpSettings(
            token=SecretStr(clickup.token), base_url=clickup.url, workspace_id=clickup.team_id
        ),
        store=StoreSettings(url=SecretStr(f"sqlite:///{folder / 'demo.db'}")),
        hooks=HooksSettings(public_url=f"{url}/hooks/clickup"),
        automations=AutomationsSettings(mode="on"),
        # So that priorities which the tasks have already are replaced at once.
        routing=Policy(keep_existing="never"),
    ).with_tables(DashboardSettings(enabled=True, public_url=url), metrics or MetricsSettings())
