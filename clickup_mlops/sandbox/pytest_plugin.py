"""The public pytest fixture `clickup_sandbox`; installed with the package (entry point pytest11).

`@pytest.mark.clickup_sandbox(seed="demo", plan="Free", rate_limit=10)` passes options on.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from clickup_mlops.sandbox.sandbox import Sandbox


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers", "clickup_sandbox(**options): options of the clickup_sandbox fixture"
    )


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
