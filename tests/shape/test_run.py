"""`run.py` says in words why it cannot start, on machines that lack what it needs."""

import hashlib
import shutil
import signal
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
    outcome = _run(clone, lacking)

    assert outcome.returncode == 1
    assert words in outcome.stderr
    assert "Hint: " in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert sorted(p.name for p in clone.iterdir()) == ["pyproject.toml", "run.py"]


def test_without_a_command_it_explains_itself(clone: Path) -> None:
    """The two commands of the README are named."""
    command = [sys.executable, "run.py"]
    outcome = subprocess.run(command, cwd=clone, capture_output=True, text=True)

    assert outcome.returncode == 0
    assert "run.py demo" in outcome.stdout
    assert "run.py check" in outcome.stdout


def test_the_program_gets_the_signals_and_its_exit_code_is_told(clone: Path) -> None:
    """Who stops `run.py serve`, as systemd does, stops the bot; no child is left behind."""
    _installed(clone, "import signal, sys, os; print(os.getpid(), flush=True); signal.pause()")
    running = subprocess.Popen(
        [sys.executable, "run.py", "serve"], cwd=clone, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert int(running.stdout.readline()) == running.pid

    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == -signal.SIGTERM

    _installed(clone, "import sys; sys.exit(2)")
    assert subprocess.run([sys.executable, "run.py", "check"], cwd=clone).returncode == 2


def _installed(clone: Path, program: str) -> None:
    """As if it were installed: a Python in .venv, to which every module is this program."""
    python = clone / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text(
        f"#!/bin/sh\n[ \"$1\" = -c ] && exit 0\nexec {sys.executable} -c '{program}'\n"
    )
    python.chmod(0o755)
    metadata = (clone / "pyproject.toml").read_bytes() + bytes(clone.resolve())
    for kind in ("run", "check"):
        stamp = clone / ".venv" / f"installed-for-{kind}"
        stamp.write_text(hashlib.sha256(metadata).hexdigest())
