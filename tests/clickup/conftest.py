"""The client on a sandbox, over real HTTP."""

from collections.abc import Iterator

import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.sandbox import Sandbox


@pytest.fixture
def clickup(clickup_sandbox: Sandbox) -> Iterator[ClickUp]:
    """The bot's client; it does not wait between tries, except for the rate limit."""
    with ClickUp(
        clickup_sandbox.token, base_url=clickup_sandbox.url, timeout_s=5, sleep=lambda _s: None
    ) as client:
        yield client


@pytest.fixture
def list_id(clickup_sandbox: Sandbox) -> str:
    """A list of the empty sandbox."""
    return clickup_sandbox.control.list_id("Tasks")


@pytest.fixture
def team_id(clickup_sandbox: Sandbox) -> str:
    """The workspace."""
    return clickup_sandbox.team_id
