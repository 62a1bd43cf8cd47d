"""A bot beside a sandbox, without the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.settings import ClickUpSettings
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.settings import StoreSettings
from tests.empty import store_at
from tests.flows.conftest import build


@pytest.fixture
def bot(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[Bot]:
    settings = Settings.model_construct(
        clickup=ClickUpSettings(
            token=SecretStr(clickup_sandbox.token),
            base_url=clickup_sandbox.url,
            workspace_id=clickup_sandbox.team_id,
        ),
        store=StoreSettings(url=SecretStr(store_at(tmp_path / "bot.db"))),
    )
    with build(settings) as bot:
        yield bot
