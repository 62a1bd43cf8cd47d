"""A simulated Monday.com on this machine: for tests, demonstrations and dry runs.

`with running() as sandbox:` gives `sandbox.url`, `sandbox.token` and `sandbox.control`. It shares
no code with the client, so that it cannot share its mistakes.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday.sandbox import MondaySandbox
    from clickup_mlops.sandbox.monday.server import running, serve

__all__ = ["MondaySandbox", "running", "serve"]


def __getattr__(name: str) -> Any:
    """Import on first use: the pytest plug-in must not load Flask into every test run."""
    if name == "MondaySandbox":
        from clickup_mlops.sandbox.monday.sandbox import MondaySandbox

        return MondaySandbox
    if name in ("running", "serve"):
        from clickup_mlops.sandbox.monday import server

        return getattr(server, name)
    raise AttributeError(name)
