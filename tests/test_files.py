"""Files are written whole or not at all, by every command."""

import os
import re
import stat
from pathlib import Path

import pytest

from clickup_mlops import files

PACKAGE = Path(files.__file__).parent
OTHER_WAYS = re.compile(r'\.write_text\(|\.write_bytes\(|click\.File\("w|\.open\("w')
OWN_FILES = (
    "sandbox",
    "features/migration/demonstration.py",
    "features/migration/sources/_notion_zip.py",
    "features/simulation/mcp_tools",
    "interfaces/mcp_server",
    "routing/classifier/training",
    "files.py",
)
"""Of the sandbox, of temporary folders, and of who trains the model."""


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    """And nothing beside it; the error names the file that was asked for."""
    path = tmp_path / "plan.json"
    path.write_text("before")
    with pytest.raises(OSError, match=r"plan\.json") as caught, files.replacing(path) as file:
        file.write(b"half")
        raise OSError(28, "No space left on device")
    assert caught.value.filename == str(path)
    assert path.read_text() == "before"
    assert [*tmp_path.iterdir()] == [path]


def test_a_new_file_of_a_failed_write_is_not_there(tmp_path: Path) -> None:
    """Also when the process is interrupted."""
    with pytest.raises(KeyboardInterrupt), files.replacing(tmp_path / "audit.jsonl"):
        raise KeyboardInterrupt
    assert not [*tmp_path.iterdir()]


def test_permissions_of_a_file_stay_when_it_is_replaced(tmp_path: Path) -> None:
    """Unless it is to be private."""
    path = tmp_path / "report.html"
    files.write(path, "first")
    path.chmod(0o640)
    files.write(path, "second")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("second", 0o640)
    files.write(path, "third", private=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it points to is replaced."""
    target, link = tmp_path / "of-today.md", tmp_path / "newest.md"
    target.write_text("before")
    link.symlink_to(target)
    files.write(link, b"after")
    assert link.is_symlink()
    assert target.read_text() == "after"


def test_a_pipe_is_written_as_it_is(tmp_path: Path) -> None:
    """As with `--out /dev/stdout`: it is not replaced by a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    files.write(pipe, "through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert pipe.is_fifo()


def test_a_folder_that_is_missing_is_named_with_the_file(tmp_path: Path) -> None:
    """Not the file beside it, of which nobody has heard."""
    with pytest.raises(FileNotFoundError) as caught:
        files.write(tmp_path / "none" / "report.html", "")
    assert caught.value.filename == str(tmp_path / "none" / "report.html")


def test_nothing_writes_files_in_another_way() -> None:
    """So that a full disk never leaves an empty plan, audit or report."""
    offenders = [
        str(path.relative_to(PACKAGE))
        for path in sorted(PACKAGE.rglob("*.py"))
        if not str(path.relative_to(PACKAGE)).startswith(OWN_FILES)
        and OTHER_WAYS.search(path.read_text(encoding="utf-8"))
    ]
    assert not offenders
