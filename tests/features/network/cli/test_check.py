"""`network check` compares what it was given, and says what it was not."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from clickup_mlops.features.network.cli.network.check import command


@pytest.mark.parametrize("name", ["absent.tar.gz", "absent", "folder"])
def test_where_nothing_is_read_only_the_reason_is_printed(tmp_path: Path, name: str) -> None:
    """No table without rows, and no count of them; exit code 1."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "config.toml").write_text("")
    called = {"standalone_mode": False, "help_option_names": ["-h", "--help"]}
    arguments = ["--config", str(tmp_path / "config.toml"), str(tmp_path / name)]
    result = CliRunner().invoke(command, arguments, **called)

    assert result.return_value == 1 and result.stdout == ""
    assert str(tmp_path / name) in result.stderr
