"""Programs that check what is shipped: skipped where they are not installed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "deploy" / "requirements.txt"


def find(name: str) -> str:
    """The path of a program, of this Python's environment first."""
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    path = shutil.which(name, path=beside)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def run(
    *command: str | Path, folder: Path = ROOT, variables: Mapping[str, str] | None = None
) -> str:
    """What a command prints, in an environment without this Python's and the bot's variables."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "CLICKUP_"))}
    outcome = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**clean, **(variables or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert outcome.returncode == 0, f"{command}\n{outcome.stdout}\n{outcome.stderr}"
    return outcome.stdout


def clone(to: Path) -> Path:
    """A clone of this checkout's last commit."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    run("git", "clone", "-q", ROOT, to)
    return to
