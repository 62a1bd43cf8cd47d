"""`nox -s tests` is green if each test passes, at the second time at the latest."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
FILES = (
    "noxfile.py",
    "pyproject.toml",
    "tests/__init__.py",
    "tests/conftest.py",
    "tests/migrated.py",
)
TESTS = """
from pathlib import Path
import pytest

@pytest.mark.deployment
def test_a_deployment():
    assert {passes}

def test_at_the_second_time():
    again = Path("again")
    was_there = again.exists()
    again.touch()
    assert was_there
"""


@pytest.mark.slow
@pytest.mark.parametrize("passes", [True, False])
def test_what_fails_twice_is_red_and_what_fails_once_is_not(passes: bool, tmp_path: Path) -> None:
    """On CI, with the arguments that the first run had: those choose deployment tests, too."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "tests/test_it.py").write_text(TESTS.format(passes=passes))
    command = [sys.executable, "-m", "nox", "-s", "tests", "--", "--deployment", "-n", "0"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "NOX"))}
    outcome = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment | {"CI": "true", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )

    assert "running those again" in outcome.stderr, outcome.stdout + outcome.stderr
    assert (outcome.returncode == 0) == passes, outcome.stdout
