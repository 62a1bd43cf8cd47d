"""Commands to paste name the program as the shell finds it."""

import os
import shutil
import signal
import subprocess
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


@pytest.mark.parametrize(
    "words", [("sandbox", "serve"), ("sandbox", "monday"), ("mcp", "--http")], ids=" ".join
)
def test_as_the_first_process_of_a_container_it_ends_when_asked(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    """The kernel gives process 1 no signal that it does not handle: nothing waits to kill it."""
    if os.geteuid() or not shutil.which("unshare"):
        pytest.skip("needs root and unshare, for a namespace of processes")
    program = (sys.executable, "-m", "clickup_mlops", *words, "--port", "0")
    with subprocess.Popen(
        ["unshare", "--pid", "--fork", "--kill-child", *program],
        cwd=tmp_path,
        env={**os.environ, "CLICKUP_MLOPS_MCP__TOKEN": "t" * 40},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as outside:
        assert outside.stdout is not None
        try:
            assert "127.0.0.1" in outside.stdout.readline()
            children = Path(f"/proc/{outside.pid}/task/{outside.pid}/children").read_text().split()
            os.kill(int(children[0]), signal.SIGTERM)

            assert outside.wait(60) in (0, 128 + signal.SIGTERM)
        finally:
            outside.kill()  # else its end is waited for
