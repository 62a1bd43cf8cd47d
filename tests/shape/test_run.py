"""`run.py` says in words why it cannot start, on machines that lack what it needs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CALL = (
    "import runpy, sys; sys.argv = ['run.py', 'demo']; {}; "
    "runpy.run_path('run.py', run_name='__main__')"
)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A bare clone, as far as run.py looks at it before installing."""
    for name in ("run.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def _run(clone: Path, lacking: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CALL.format(lacking)]
    return subprocess.run(command, cwd=clone, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ("sys.version_info = (3, 10, 12)", "Python 3.10.12 is too old"),
        ("sys.modules['ensurepip'] = None", "apt install python3."),
        ("sys.modules['venv'] = None", "cannot make virtual environments"),
    ],
)
def test_what_python_lacks_is_told_with_a_way_out(clone: Path, lacking: str, words: str) -> None:
    """No traceback, nothing left behind, exit code 1."""
    done = _run(clone, lacking)

    assert done.returncode == 1
    assert words in done.stderr
    assert "Hint: " in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(p.name for p in clone.iterdir()) == ["pyproject.toml", "run.py"]


def test_without_a_command_it_explains_itself(clone: Path) -> None:
    """The two commands of the README are named."""
    command = [sys.executable, "run.py"]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True)

    assert done.returncode == 0
    assert "run.py demo" in done.stdout
    assert "run.py check" in done.stdout
