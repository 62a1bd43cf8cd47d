"""Who may import whom, and how quickly the command line answers."""

import subprocess
import sys
from pathlib import Path

import pytest

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
