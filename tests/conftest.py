"""Shared by every test folder: the official documents, and the sandbox's public fixture."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from clickup_mlops import logs
from clickup_mlops.sandbox import pytest_plugin

# A busy machine is no defect: promises about time are measured in benchmarks/.
# Examples of a law in the check; more before a release.
EXAMPLES = int(os.environ.get("CLICKUP_MLOPS_TEST_EXAMPLES", "50"))
settings.register_profile("patient", deadline=None, max_examples=EXAMPLES)
settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    # Installed, the package brings its own fixture by entry point; from a bare checkout it cannot.
    if not config.pluginmanager.is_registered(pytest_plugin):
        config.pluginmanager.register(pytest_plugin, "clickup_mlops_sandbox_checkout")
    # What a script starts in the background ignores Ctrl-C, and so would all that tests start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_secrets() -> Iterator[None]:
    """What one test hides from output is a common word in another."""
    before = logs.redactor._values
    yield
    logs.redactor._values = before


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """A command configures it for its whole process."""
    logs.get()
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def reference_dir() -> Path:
    """The folder with the official API documents; skips where they are not at hand."""
    beside = Path(__file__).parents[1].parent / "shared" / "reference"
    found = Path(os.environ.get("CLICKUP_MLOPS_REFERENCE", beside))
    if not found.is_dir():
        pytest.skip("no official documents: set CLICKUP_MLOPS_REFERENCE to their folder")
    return found
