"""A simulated ClickUp on this machine: for tests, demonstrations and dry runs.

`with running() as sandbox:` gives `sandbox.url`, `sandbox.token`, `sandbox.team_id` and
`sandbox.control`. It shares no code with the client, so that it cannot share its mistakes.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clickup_mlops.sandbox.sandbox import Sandbox
    from clickup_mlops.sandbox.server import running, serve

__all__ = ["Sandbox", "running", "serve"]


def __getattr__(name: str) -> Any:
    """Import on first use: the pytest plug-in must not load Flask into every test run."""
    if name == "Sandbox":
        from clickup_mlops.sandbox.sandbox import Sandbox

        return Sandbox
    if name in ("running", "serve"):
        from clickup_mlops.sandbox import server

        return getattr(server, name)
    raise AttributeError(name)
