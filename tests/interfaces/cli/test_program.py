"""Commands to paste name the program as the shell finds it."""

import os
import sys
from pathlib import Path

import pytest

from clickup_mlops.ports.cli.program import NAME, program


def test_commands_to_paste_can_be_pasted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By its name if that is this program, else by its path, short where it is below."""
    folder = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    assert program() == NAME

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert program() == str(folder / NAME)
    monkeypatch.chdir(folder.parent)
    assert program() == str(Path(folder.name) / NAME)
