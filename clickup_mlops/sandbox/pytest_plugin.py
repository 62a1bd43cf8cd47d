"""The public pytest fixtures; installed with the package (entry point pytest11).

`clickup_sandbox` and `monday_sandbox`. A marker of the same name passes options on:
`@pytest.mark.clickup_sandbox(seed="demo", plan="Free", rate_limit=10)`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday import MondaySandbox
    from clickup_mlops.sandbox.sandbox import Sandbox

NO_LIMITS: dict[str, Any] = {
    "complexity_per_minute": 0,
    "calls_per_minute": 0,
    "calls_per_day": 0,
    "concurrency": 0,
}


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    for name in ("clickup_sandbox", "monday_sandbox"):
        config.addinivalue_line("markers", f"{name}(**options): options of the {name} fixture")


@pytest.fixture
def clickup_sandbox(request: pytest.FixtureRequest) -> Iterator["Sandbox"]:
    """A fresh local ClickUp over real HTTP: `.url`, `.token`, `.team_id`, `.control`.

    Without options: no rate limit, and failed deliveries are tried again after 50 ms.
    """
    from clickup_mlops.sandbox import running

    marker = request.node.get_closest_marker("clickup_sandbox")
    options = {"rate_limit": 0, "retry_spacing_s": (0.05,)} | (marker.kwargs if marker else {})
    with running(**options) as sandbox:
        yield sandbox


@pytest.fixture
def monday_sandbox(request: pytest.FixtureRequest) -> Iterator["MondaySandbox"]:
    """A fresh local Monday.com over real HTTP: `.url`, `.token`, `.control`.

    Without options: one user, no board, no limits but that of one query.
    """
    from clickup_mlops.sandbox.monday import running

    marker = request.node.get_closest_marker("monday_sandbox")
    with running(**(NO_LIMITS | (marker.kwargs if marker else {}))) as sandbox:
        yield sandbox
