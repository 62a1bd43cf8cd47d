"""The small bot and a client of its app."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from clickup_mlops.interfaces.web.app import create_app
from tests.empty import store_at
from tests.interfaces.web.small_bot import SmallBot, small_bot
from tests.measured import reset_metrics


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[SmallBot]:
    with small_bot(store_at(tmp_path / "bot.db")) as opened:
        yield opened


@pytest.fixture
def client(bot: SmallBot) -> FlaskClient:
    reset_metrics()
    return create_app(bot, max_body_bytes=20_000).test_client()
