"""Who may import whom, and how quickly the command line answers."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Store
from tests.empty import store_at
from tests.ports import reserve_port

ROOT = Path(__file__).parents[2]
HEAVY = {
    "alembic",
    "apscheduler",
    "email",
    "flask",
    "pydantic_settings",
    "requests",
    "rich",
    "secrets",
    "sqlalchemy",
    "structlog",
}
PROBE = """
import sys
from clickup_mlops.interfaces.cli._root import run
code = run(sys.argv[1:])
print(" ".join(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
sys.exit(code)
"""


def test_floors_hold() -> None:
    """import-linter's contracts in pyproject.toml are kept."""
    tool = Path(sys.executable).with_name("lint-imports")
    outcome = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True)

    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["hooks", "--help"], ["demo", "--help"], ["routing", "--help"]],
    ids=" ".join,
)
def test_asking_for_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Help and version come without the libraries that are slow to import."""
    outcome = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True
    )

    assert not HEAVY & set(outcome.stderr.split())


MODULES = """
import sys
from clickup_mlops.interfaces.cli._root import run
run(sys.argv[1:])
standard = sys.stdlib_module_names | {"__main__"}
print(*(name for name in sys.modules if name.partition(".")[0] not in standard), file=sys.stderr)
"""
"""Prints what a command imports. The standard library is left out: it grows with each Python."""
UNUSED = ("requests", "flask", "alembic", "celery", "granian", "structlog", "prometheus_client")
"""What no command that only reads the store or the automations needs."""


@pytest.mark.parametrize(
    ("command", "ceiling"),
    [
        ("--version", 55),
        ("audit list", 275),
        ("events list", 278),
        ("automations list", 318),
        ("why t1", 332),
    ],
)
def test_a_command_that_only_reads_imports_little(
    command: str, ceiling: int, tmp_path: Path
) -> None:
    """Most of its time is the import of modules: their number is bounded. What it prints of the
    store needs neither automations nor features.
    """
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    with Store.open(store_at(tmp_path / "bot.db")):
        pass
    outcome = subprocess.run(
        [sys.executable, "-c", MODULES, *command.split()],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "CLICKUP_MLOPS_STORE__URL": url, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
    )

    modules = outcome.stderr.splitlines()[-1].split()
    assert len(modules) <= ceiling
    assert not {*UNUSED} & {*modules}
    assert "clickup_mlops.views.model" not in modules  # sections of pages and reports
    if command == "automations list":
        assert "sqlalchemy" not in modules  # it reads files alone
    if command.endswith(("audit list", "events list")):
        assert "clickup_mlops.bot.settings" not in modules
        assert "clickup_mlops.automations.model" not in modules


COLLECTIONS = """
import atexit, gc, sys
from clickup_mlops.interfaces.cli import main
usual = gc.get_threshold()
def count(): return sum(generation["collections"] for generation in gc.get_stats())
def report():
    collections, frozen = count() - before, gc.get_freeze_count() > 0
    gc.collect(0)
    print(collections, frozen, gc.get_threshold() == usual, file=sys.stderr)
atexit.register(report)
before = count()
main()
"""
"""Prints how often a command looks for garbage, whether Python skips all modules when it ends, and
whether the first collection is followed by others as usual.
"""


@pytest.mark.parametrize("command", ["--version", "automations list"])
def test_a_command_that_only_reads_looks_for_no_garbage(command: str, tmp_path: Path) -> None:
    """It would take a third of the time, since it looks through all modules. What runs for longer
    looks for garbage as usual, from the first time on.
    """
    outcome = subprocess.run(
        [sys.executable, "-c", COLLECTIONS, *command.split()],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
    )

    assert outcome.stderr.splitlines()[-1] == "0 True True"


OFF = (
    "features.digests.sender",
    "features.integrations.tools.grafana",
    "features.metrics.jobs",
    "features.network.diagnosis",
    "features.network.topology.loader",
    "features.onboarding.first_week",
    "features.progress.watching",
    "features.reports.delivery.sender",
    "features.schedule.plan",
    "features.shadow.sender",
    "features.wiki.pages",
    "routing.classifier.training",
    "sandbox",
)
"""What the settings ask for, and the defaults do not."""


@pytest.mark.slow
def test_the_server_imports_what_the_settings_ask_for(
    clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """With the defaults it has no reports, schedule, network, metrics, wiki and so on. Each module
    costs it about 30 KiB for as long as it runs.
    """
    port = reserve_port()
    settings = {
        "CLICKUP__TOKEN": clickup_sandbox.token,
        "CLICKUP__BASE_URL": clickup_sandbox.url,
        "AUTOMATIONS__MODE": "on",
        "HOOKS__PUBLIC_URL": f"http://127.0.0.1:{port}/hooks/clickup",
        "SERVER__PORT": str(port),
    }
    env = {f"CLICKUP_MLOPS_{key}": value for key, value in settings.items()}
    server = subprocess.Popen(
        [sys.executable, "-c", MODULES, "serve"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _route_a_task(clickup_sandbox)
        server.send_signal(signal.SIGTERM)
        _, told = server.communicate(timeout=60)
    finally:
        server.kill()

    modules = told.splitlines()[-1].split()
    own_modules = {name for name in modules if name.startswith("clickup_mlops")}
    assert len(own_modules) <= 640
    assert not {f"clickup_mlops.{name}" for name in OFF} & own_modules


def _route_a_task(sandbox: Sandbox) -> None:
    control, end = sandbox.control, time.monotonic() + 60
    while not control.world.webhooks:
        assert time.monotonic() < end, "a webhook is registered"
        time.sleep(0.05)
    task = control.as_user("Maria").create_task("Tasks", "vLLM endpoint answers 503 in production")
    while not control.task(task)["priority"]:
        assert time.monotonic() < end, "the task has a priority"
        time.sleep(0.05)
