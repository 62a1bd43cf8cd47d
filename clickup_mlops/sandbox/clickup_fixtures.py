"""The pytest fixture `clickup_sandbox`. A marker of the same name passes options on:
`@pytest.mark.clickup_sandbox(seed="demo", plan="Free", rate_limit=10)`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from clickup_mlops.sandbox.sandbox import Sandbox


_DEFAULTS: Any = {"rate_limit": 0, "retry_spacing_s": (0.05,)}


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "clickup_sandbox(**options): options of the fixture")


@pytest.fixture
def clickup_sandbox(request: pytest.FixtureRequest) -> Iterator["Sandbox"]:
    """A fresh local ClickUp over real HTTP: `.url`, `.token`, `.team_id`, `.control`.

    Without options: no rate limit, and failed deliveries are tried again after 50 ms.
    """
    from clickup_mlops.sandbox import running

    marker = request.node.get_closest_marker("clickup_sandbox")
    with running(**(_DEFAULTS | (marker.kwargs if marker else {}))) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def clickup_sandbox_session() -> Iterator["Sandbox"]:
    """A local ClickUp for the whole session, for programs that read the address once."""
    from clickup_mlops.sandbox import running

    with running(**_DEFAULTS) as sandbox:
        yield sandbox


@pytest.fixture
def clickup_sandbox_reset(clickup_sandbox_session: "Sandbox") -> "Sandbox":
    """The session's, as it was at the start: the same address, token and ids."""
    clickup_sandbox_session.reset()
    return clickup_sandbox_session
