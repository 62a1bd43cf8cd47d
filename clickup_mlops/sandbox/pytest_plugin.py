"""The public pytest fixtures; installed with the package (entry point pytest11).

`clickup_sandbox` and `monday_sandbox`. A marker of the same name passes options on:
`@pytest.mark.clickup_sandbox(seed="demo", plan="Free", rate_limit=10)`.
"""

import pytest

from clickup_mlops.sandbox import clickup_fixtures, monday_fixtures
from clickup_mlops.sandbox.clickup_fixtures import (
    clickup_sandbox,
    clickup_sandbox_reset,
    clickup_sandbox_session,
)
from clickup_mlops.sandbox.monday_fixtures import NO_LIMITS, monday_sandbox

__all__ = [
    "NO_LIMITS",
    "clickup_sandbox",
    "clickup_sandbox_reset",
    "clickup_sandbox_session",
    "monday_sandbox",
    "pytest_configure",
]


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    clickup_fixtures.pytest_configure(config)
    monday_fixtures.pytest_configure(config)
