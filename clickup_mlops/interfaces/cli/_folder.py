"""A click group whose commands are the files of a folder, imported only when they are used."""

import ast
import importlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

import click

OTHER_NAMES: Final = {
    "rule": "automations",
    "rules": "automations",
    "workflows": "automations",
    "holds": "corrections",
    "overrides": "corrections",
    "templates": "provision",
    "start": "serve",
    "run": "serve",
}
"""What other programs call a command, and what it is called here."""


class Folder(click.Group):
    """The modules beside `package` as commands, its sub-packages as groups.

    Help lines come from the docstrings in the source text: listing imports nothing. `extensions`
    are further packages with their folders, whose commands stand beside those of the first.
    Sub-packages with the same name are one group, with the help of the first.
    """

    def __init__(
        self,
        package: str,
        path: Path,
        *,
        extensions: Mapping[str, Path] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(help=_docstring(path / "__init__.py"), **options)
        self._sources: dict[str, dict[str, Path]] = {}
        """By the command's name: the module, or the packages of a group, with their paths."""
        for parent, folder in {package: path, **(extensions or {})}.items():
            for source in filter(_is_command, folder.iterdir()):
                modules = self._sources.setdefault(source.stem.replace("_", "-"), {})
                modules[f"{parent}.{source.stem}"] = source

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the public modules and packages of the folders."""
        return sorted(self._sources)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command by its file name (`what_if.py`: `what-if`), a group by its folder's."""
        if cmd_name not in self._sources:
            return None
        (package, source), *further = self._sources[cmd_name].items()
        if source.is_dir():
            return Folder(package, source, extensions=dict(further), name=cmd_name)
        return cast(click.Command, importlib.import_module(package).command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed; a wrong name gets the nearest right one, an option that
        is given twice is refused.
        """
        try:
            name, command, remaining_args = super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as problem:
            raise self._no_such(problem.command_name, ctx) from None
        leaf = command is not None and not isinstance(command, click.Group)
        if command is not None and leaf and not ctx.resilient_parsing:
            _refuse_repeated(click.Context(command, parent=ctx, info_name=name), remaining_args)
        return name, command, remaining_args

    def _no_such(self, typed_name: str, ctx: click.Context) -> click.exceptions.NoSuchCommand:
        names, known_name = self.list_commands(ctx), OTHER_NAMES.get(typed_name)
        if known_name in names:
            text = f"No such command {typed_name!r}. Did you mean {known_name!r}?"
            return click.exceptions.NoSuchCommand(typed_name, text, ctx=ctx)
        # click only knows commands that were imported already.
        return click.exceptions.NoSuchCommand(typed_name, possibilities=names, ctx=ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with the first line of each docstring."""
        with formatter.section("Commands"):
            formatter.write_dl([(n, self._summary(n)) for n in self.list_commands(ctx)])

    def _summary(self, name: str) -> str:
        path = next(iter(self._sources[name].values()))
        source = path / "__init__.py" if path.is_dir() else path
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
