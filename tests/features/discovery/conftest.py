"""The sandbox and the bot for discovery."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from clickup_mlops.bot.app import Bot, build
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.settings import ClickUpSettings
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.settings import StoreSettings
from tests.empty import store_at
from tests.features.discovery.worlds import NOW


@contextmanager
def bot_of(sandbox: Sandbox, folder: Path) -> Iterator[Bot]:
    """A bot at the end of a world's year."""
    settings = Settings.model_construct(
        clickup=ClickUpSettings(
            token=SecretStr(sandbox.token), base_url=sandbox.url, workspace_id=sandbox.team_id
        ),
        store=StoreSettings(url=SecretStr(store_at(folder / "bot.db"))),
    )
    with build(settings, clock=lambda: NOW) as bot:
        yield bot
