"""The pytest fixture `monday_sandbox`. A marker of the same name passes options on:
`@pytest.mark.monday_sandbox(seed="ai_ml", calls_per_minute=100)`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday import MondaySandbox

NO_LIMITS: dict[str, Any] = {
    "complexity_per_minute": 0,
    "calls_per_minute": 0,
    "calls_per_day": 0,
    "concurrency": 0,
}


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "monday_sandbox(**options): options of the fixture")


@pytest.fixture
def monday_sandbox(request: pytest.FixtureRequest) -> Iterator["MondaySandbox"]:
    """A fresh local Monday.com over real HTTP: `.url`, `.token`, `.control`.

    Without options: one user, no board, no limits but that of one query.
    """
    from clickup_mlops.sandbox.monday import running

    marker = request.node.get_closest_marker("monday_sandbox")
    with running(**(NO_LIMITS | (marker.kwargs if marker else {}))) as sandbox:
        yield sandbox
