"""A click group whose commands are the files of a folder, imported only when they are used."""

import ast
import importlib
from collections import Counter
from pathlib import Path
from typing import Any, Final, cast

import click

OTHER_NAMES: Final = {
    "rule": "automations",
    "rules": "automations",
    "workflows": "automations",
    "holds": "overrides",
    "templates": "provision",
    "start": "serve",
    "run": "serve",
}
"""What other programs call a command, and what it is called here."""


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
        """Find the command that was typed; a wrong name gets the nearest right one, an option that
        is given twice is refused.
        """
        try:
            name, command, rest = super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as problem:
            raise self._no_such(problem.command_name, ctx) from None
        leaf = command is not None and not isinstance(command, click.Group)
        if command is not None and leaf and not ctx.resilient_parsing:
            _refuse_repeated(click.Context(command, parent=ctx, info_name=name), rest)
        return name, command, rest

    def _no_such(self, given: str, ctx: click.Context) -> click.exceptions.NoSuchCommand:
        names, meant = self.list_commands(ctx), OTHER_NAMES.get(given)
        if meant in names:
            text = f"No such command {given!r}. Did you mean {meant!r}?"
            return click.exceptions.NoSuchCommand(given, text, ctx=ctx)
        # click only knows commands that were imported already.
        return click.exceptions.NoSuchCommand(given, possibilities=names, ctx=ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with the first line of each docstring."""
        with formatter.section("Commands"):
            formatter.write_dl([(n, self._summary(n)) for n in self.list_commands(ctx)])

    def _summary(self, name: str) -> str:
        path = self._path / name.replace("-", "_")
        source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        return _docstring(source).partition("\n")[0].rstrip(".")


def _refuse_repeated(ctx: click.Context, arguments: list[str]) -> None:
    """Of an option that takes one value, click would drop all but the last without a word.

    Raises:
        click.UsageError: there is one that is given more than once.
    """
    _, _, order = ctx.command.make_parser(ctx).parse_args(list(arguments))
    for option, count in Counter(order).items():
        if count < 2 or not isinstance(option, click.Option):
            continue
        if not (option.multiple or option.count or option.is_flag):
            name = max(option.opts, key=len)
            raise click.UsageError(f"{name} is given {count} times, and takes one value.", ctx)


def _is_command(path: Path) -> bool:
    if path.name.startswith("_"):
        return False
    return path.suffix == ".py" or (path / "__init__.py").is_file()


def _docstring(source: Path) -> str:
    return ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
