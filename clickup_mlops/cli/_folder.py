"""A click group whose commands are the files of a folder, imported only when they are used."""

import ast
import importlib
from pathlib import Path
from typing import Any, cast

import click


class Folder(click.Group):
    """The modules beside `package` as commands, its sub-packages as groups.

    Help lines come from the docstrings in the source text: listing imports nothing.
    """

    def __init__(self, package: str, path: Path, **options: Any) -> None:
        super().__init__(help=_docstring(path / "__init__.py"), **options)
        self._package, self._path = package, path

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the public modules and packages of the folder."""
        return sorted(p.stem.replace("_", "-") for p in self._path.iterdir() if _is_command(p))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command by its file name (`what_if.py`: `what-if`), a group by its folder's."""
        if cmd_name not in self.list_commands(ctx):
            return None
        stem = cmd_name.replace("-", "_")
        if (self._path / stem).is_dir():
            return Folder(f"{self._package}.{stem}", self._path / stem, name=cmd_name)
        module = importlib.import_module(f"{self._package}.{stem}")
        return cast(click.Command, module.command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed; a wrong name gets the nearest right one."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as problem:
            names = self.list_commands(ctx)
            # click only knows commands that were imported already.
            raise click.exceptions.NoSuchCommand(
                problem.command_name, possibilities=names, ctx=ctx
            ) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with the first line of each docstring."""
        with formatter.section("Commands"):
            formatter.write_dl([(n, self._summary(n)) for n in self.list_commands(ctx)])

    def _summary(self, name: str) -> str:
        path = self._path / name.replace("-", "_")
        source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        return _docstring(source).partition("\n")[0].rstrip(".")


def _is_command(path: Path) -> bool:
    if path.name.startswith("_"):
        return False
    return path.suffix == ".py" or (path / "__init__.py").is_file()


def _docstring(source: Path) -> str:
    return ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
