"""The environment: a sandbox and a bot in one process that talk only over HTTP."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pydantic import SecretStr
from waitress.server import create_server

from clickup_mlops import registry, sandbox
from clickup_mlops.automations.settings import AutomationsSettings
from clickup_mlops.bot import app
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.receive.clickup_webhook_settings import HooksSettings
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.settings import ClickUpSettings
from clickup_mlops.config import Table
from clickup_mlops.interfaces.web.app import create_app
from clickup_mlops.interfaces.web.server import bind
from clickup_mlops.ports.demo.environment import PLAN, Environment
from clickup_mlops.ports.demo.model import Demo
from clickup_mlops.routing.policy import Policy
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.settings import StoreSettings

SEED: Final = "demo"
HOST: Final = "127.0.0.1"


@contextmanager
def running(port: int = 0, tables: Iterable[Table] = ()) -> Iterator[Environment]:
    """Sandbox and bot, connected and running until the block ends. `port` is the sandbox's.

    `tables` replace those of the bot's settings.
    """
    with (
        TemporaryDirectory(prefix="clickup-mlops-demo-") as folder,
        sandbox.running(seed=SEED, plan=PLAN, port=port) as clickup,
        _receiver(clickup, Path(folder), tables) as (bot, settings),
    ):
        yield Environment(clickup, bot, settings)


def hints(demo: Environment) -> str:
    """What the features suggest to try while it runs; each suggestion begins a line."""
    suggestions = (feature.hint(demo) for feature in demos().values())
    return "".join(f"\n{hint}" for hint in suggestions if hint)


@cache
def demos() -> Mapping[str, Demo]:
    """What features bring, by feature."""
    return registry.find_modules("demo", "DEMO")


@contextmanager
def _receiver(
    clickup: Sandbox, folder: Path, tables: Iterable[Table]
) -> Iterator[tuple[Bot, Settings]]:
    """The bot behind its web application, as `serve` runs it where there is no granian."""
    listener = bind(HOST, 0)
    port = listener.getsockname()[1]
    settings = _settings(clickup, folder, f"http://{HOST}:{port}", tables)
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


def _settings(clickup: Sandbox, folder: Path, url: str, tables: Iterable[Table]) -> Settings:
    # Not from file or environment: a demonstration must not reach a real workspace.
    settings = Settings.model_construct(
        clickup=ClickUpSettings(
            token=SecretStr(clickup.token), base_url=clickup.url, workspace_id=clickup.team_id
        ),
        store=StoreSettings(url=SecretStr(f"sqlite:///{folder / 'demo.db'}")),
        hooks=HooksSettings(public_url=f"{url}/hooks/clickup"),
        automations=AutomationsSettings(mode="on"),
        # So that priorities which the tasks have already are replaced at once.
        routing=Policy(keep_existing="never"),
    )
    of_features = (table for feature in demos().values() for table in feature.settings(url))
    return settings.with_tables(*of_features, *tables)
