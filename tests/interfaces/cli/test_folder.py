"""The folder is the registry: a file is a command, a folder is a group."""

import sys
from pathlib import Path

import click
import pytest

from clickup_mlops.interfaces.cli._folder import Folder

COMMAND = '''"""Say hello.

More about it.
"""
import click

@click.command(help=__doc__)
def command():
    click.echo("hello")
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A package with one command and one group that nobody listed anywhere."""
    package = tmp_path / "some_commands"
    (package / "deeper").mkdir(parents=True)
    (package / "__init__.py").write_text('"""Some commands."""')
    (package / "hello.py").write_text(COMMAND)
    (package / "_private.py").write_text("raise AssertionError")
    (package / "deeper" / "__init__.py").write_text('"""Deeper ones."""')
    (package / "deeper" / "broken.py").write_text('"""Cannot be imported."""\nraise RuntimeError')
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.startswith("some_commands")]:
        monkeypatch.delitem(sys.modules, name)
    return Folder("some_commands", package, name="some")


def test_files_are_commands_and_folders_are_groups(folder: Folder) -> None:
    """Private files are neither."""
    assert folder.list_commands(click.Context(folder)) == ["deeper", "hello"]


def test_help_is_read_without_importing(folder: Folder) -> None:
    """A listing shows first lines of docstrings and imports nothing."""
    context = click.Context(folder)
    text = folder.get_help(context) + folder.get_command(context, "deeper").get_help(context)

    assert "hello   Say hello" in text
    assert "Deeper ones" in text
    assert "Cannot be imported" in text
    assert "some_commands.hello" not in sys.modules


def test_only_the_command_that_runs_is_imported(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command that cannot be imported does not disturb its neighbours."""
    folder.main(["hello"], standalone_mode=False)

    assert capsys.readouterr().out == "hello\n"


def test_packages_of_the_same_name_are_one_group(
    folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a feature adds to a group stands beside what is there; the help is the first's."""
    more = tmp_path / "some_feature"
    (more / "deeper").mkdir(parents=True)
    for package in (more, more / "deeper"):
        (package / "__init__.py").write_text('"""More of them."""')
    (more / "deeper" / "hello_again.py").write_text(COMMAND)
    extended = Folder(
        "some_commands", tmp_path / "some_commands", extensions={"some_feature": more}
    )
    group = extended.get_command(click.Context(extended), "deeper")

    assert isinstance(group, Folder)
    assert group.list_commands(click.Context(group)) == ["broken", "hello-again"]
    assert group.help == "Deeper ones."
    extended.main(["deeper", "hello-again"], standalone_mode=False)
    assert capsys.readouterr().out == "hello\n"
