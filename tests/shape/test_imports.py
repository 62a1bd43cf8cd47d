"""Who may import whom, and how quickly the command line answers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clickup_mlops.store import Store
from tests.empty import store_at

ROOT = Path(__file__).parents[2]
HEAVY = {
    "alembic",
    "apscheduler",
    "flask",
    "pydantic_settings",
    "requests",
    "rich",
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
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["hooks", "--help"], ["demo", "--help"], ["routing", "--help"]],
    ids=" ".join,
)
def test_asking_for_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Help and version come without the libraries that are slow to import."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True
    )

    assert not HEAVY & set(done.stderr.split())


COUNT = """
import sys
from clickup_mlops.interfaces.cli._root import run
code = run(sys.argv[1:])
print(len(sys.modules), *sys.modules, file=sys.stderr)
"""
UNUSED = ("requests", "flask", "alembic", "celery", "granian")
"""What no command that only reads the store or the automations needs."""


@pytest.mark.parametrize(
    ("command", "ceiling"),
    [("audit list", 650), ("events list", 650), ("automations list", 900), ("why t1", 900)],
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
    done = subprocess.run(
        [sys.executable, "-c", COUNT, *command.split()],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "CLICKUP_MLOPS_STORE__URL": url, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
    )

    count, *modules = done.stderr.splitlines()[-1].split()
    assert int(count) <= ceiling
    assert not {*UNUSED} & {*modules}
    if command.endswith(("audit list", "events list")):
        assert "clickup_mlops.bot.settings" not in modules
        assert "clickup_mlops.automations.model" not in modules


def test_version_answers_at_once() -> None:
    """`--version` costs at most 120 ms of processor time beyond a busy machine's noise."""
    command = [sys.executable, "-m", "clickup_mlops", "--version"]

    assert min(_cpu_ms(command) for _ in range(5)) <= 120


def _cpu_ms(command: list[str]) -> float:
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000
