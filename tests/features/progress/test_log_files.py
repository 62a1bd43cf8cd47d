"""Logs are named by who submits jobs: nothing else of the machine is read through them."""

import os
from pathlib import Path

from clickup_mlops.features.progress.log_files import TAIL, read_tail

OWNER = os.getuid()


def test_the_end_of_an_own_file_is_read(tmp_path: Path) -> None:
    """However long it is; also in a folder that is named."""
    log = tmp_path / "slurm-7.out"
    log.write_text("x" * 3 * TAIL + "step 7")
    assert read_tail(str(log), OWNER, ())[-6:] == "step 7"
    assert len(read_tail(str(log), OWNER, [str(tmp_path)])) == TAIL


def test_what_is_no_own_file_is_not_read(tmp_path: Path) -> None:
    """A file of somebody else, a pipe, a folder, a device, and what is not there."""
    log, pipe = tmp_path / "slurm-7.out", tmp_path / "pipe"
    log.write_text("step 7")
    os.mkfifo(pipe)
    assert read_tail(str(log), OWNER + 1, ()) == ""
    for path in (pipe, tmp_path, Path("/dev/zero"), tmp_path / "absent", "\0"):
        assert read_tail(str(path), None, ()) == ""


def test_links_do_not_lead_out_of_the_named_folders(tmp_path: Path) -> None:
    """Neither the file's nor a folder's; `..` does not, either."""
    secret, logs = tmp_path / "secret", tmp_path / "logs"
    secret.write_text("loss 1")
    logs.mkdir()
    (logs / "file").symlink_to(secret)
    (logs / "folder").symlink_to(tmp_path)
    for path in (logs / "file", logs / "folder" / "secret", logs / ".." / "secret"):
        assert read_tail(str(path), OWNER, [str(logs)]) == ""
        assert read_tail(str(path), OWNER, ()) == "loss 1"
