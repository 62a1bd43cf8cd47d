"""Shared by every test folder: the official documents, and the sandbox's public fixture."""

import gc
import os
import signal
import sys
import threading
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from clickup_mlops import logs
from clickup_mlops.clickup.wire import clients
from clickup_mlops.sandbox import pytest_plugin
from tests import migrated
from tests.migrated import by_alembic

__all__ = ["by_alembic"]

# A busy machine is no defect: promises about time are measured in benchmarks/.
# Examples of a law in the check; 500 in `nox -s soak`.
EXAMPLES = int(os.environ.get("CLICKUP_MLOPS_TEST_EXAMPLES", "25"))
settings.register_profile("patient", deadline=None, max_examples=EXAMPLES)
settings.load_profile("patient")
DEPLOY = Path(__file__).parent / "deploy"


@pytest.fixture(params=["curl", "requests"])
def each_http_client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test runs once with each client that may send calls to ClickUp."""
    if request.param == "curl":
        pytest.importorskip("pycurl")
    monkeypatch.setattr(clients, "choose", lambda _client: request.param)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--soak", action="store_true", help="run the tests marked soak, and only those"
    )
    parser.addoption(
        "--deployment", action="store_true", help="run the tests marked deployment, too"
    )


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        gc.disable()  # until the tests are collected: nothing of them becomes garbage
    # Installed, the package brings its own fixture by entry point; from a bare checkout it cannot.
    if not config.pluginmanager.is_registered(pytest_plugin):
        config.pluginmanager.register(pytest_plugin, "clickup_mlops_sandbox_checkout")
    # What a script starts in the background ignores Ctrl-C, and so would all that tests start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # What `nohup` starts ignores SIGHUP. A handler is not inherited: it ends what tests start.
    if (hangup := getattr(signal, "SIGHUP", None)) and signal.getsignal(hangup) is signal.SIG_IGN:
        signal.signal(hangup, lambda *_: None)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Do not even import files outside this run's share, but for those that test a deployment."""
    is_test = collection_path.name.startswith("test_") and DEPLOY not in collection_path.parents
    return True if is_test and not is_in_share(collection_path) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep soak and deployment apart, take this run's share of files, put slow tests first."""
    is_soak, deploys = config.getoption("--soak"), config.getoption("--deployment")
    selected = [
        test
        for test in items
        if bool(test.get_closest_marker("soak")) == is_soak
        and (deploys if test.get_closest_marker("deployment") else is_in_share(test.path))
    ]
    chosen = {*selected}
    config.hook.pytest_deselected(items=[test for test in items if test not in chosen])
    items[:] = selected
    share_out(items)


def pytest_collection_finish() -> None:
    """Leave modules and tests out of all later searches for garbage: they stay."""
    gc.freeze()
    gc.enable()


def is_in_share(path: Path) -> bool:
    """Whether the file is in the share of `CLICKUP_MLOPS_TEST_SHARE`, such as `1/2`."""
    number, _, count = os.environ.get("CLICKUP_MLOPS_TEST_SHARE", "1/1").partition("/")
    if int(count) == 1:
        return True
    name = path.relative_to(Path(__file__).parent).as_posix()
    return zlib.crc32(name.encode()) % int(count) == int(number) - 1


def share_out(items: list[pytest.Item]) -> None:
    """Slow tests first, shared out between the workers: none is left over when the others end."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0"))
    if not workers:
        return
    shares = slow_tests(items, workers)
    fast_tests = [test for test in items if not test.get_closest_marker("slow")]
    remaining = len(items)
    items.clear()
    for number, share in enumerate(shares):
        # xdist's worksteal begins with pieces of the list that are equally long.
        size = max(0, remaining // (workers - number) - len(share))
        items += [*share, *fast_tests[:size]]
        remaining -= len(share) + len(fast_tests[:size])
        del fast_tests[:size]


def slow_tests(items: list[pytest.Item], workers: int) -> list[list[pytest.Item]]:
    """For each worker, as long as those of the others; modules stay together."""
    modules: dict[Path, list[pytest.Item]] = defaultdict(list)
    for test in items:
        if test.get_closest_marker("slow"):
            modules[test.path].append(test)
    shares: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for module in sorted(modules.values(), key=seconds, reverse=True):
        min(shares, key=seconds).extend(module)
    return shares


def seconds(items: list[pytest.Item]) -> float:
    """How long they may take, which says roughly how long they do."""
    limits = (test.get_closest_marker("timeout") for test in items)
    return sum(limit.args[0] if limit else 20 for limit in limits)


@pytest.fixture(autouse=True, scope="session")
def _quick_migrations() -> Iterator[None]:
    """Of new databases; `by_alembic` is for a test of the migrations themselves."""
    with migrated.repeated():
        yield


@pytest.fixture(autouse=True)
def _own_secrets() -> Iterator[None]:
    """What one test hides from output is a common word in another."""
    before = logs.redactor._values
    yield
    logs.redactor._values = before


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """A command configures it for its whole process."""
    logs.get().bind()
    before, lines = structlog.get_config(), list(logs._configured)
    hooks = sys.excepthook, threading.excepthook
    yield
    structlog.configure(**before)
    logs._configured[:] = lines
    sys.excepthook, threading.excepthook = hooks


@pytest.fixture(scope="session")
def reference_dir() -> Path:
    """The folder with the official API documents; skips where they are not at hand."""
    beside = Path(__file__).parents[1].parent / "shared" / "reference"
    folder = Path(os.environ.get("CLICKUP_MLOPS_REFERENCE", beside))
    if not folder.is_dir():
        pytest.skip("no official documents: set CLICKUP_MLOPS_REFERENCE to their folder")
    return folder
