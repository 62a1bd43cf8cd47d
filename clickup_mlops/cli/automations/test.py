"""Run the examples in the automations' files: all, or those of the NAMEs or FILEs given.

They are judged by the configured policy and classifier, and touch nothing. Exits 1 if one fails.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.errors import InputError

if TYPE_CHECKING:
    from clickup_mlops.automations.model import Automation
    from clickup_mlops.routing.router import Router


@click.command(help=__doc__)
@click.argument("names", metavar="[NAME|FILE]...", nargs=-1)
@_options.config
@_options.as_json
def command(names: tuple[str, ...], config: Path | None, as_json: bool) -> int:
    with _options.open_bot(config) as bot:
        results = list(_results(named(bot.context.automations, names), bot.context.router))
    failed = [result for result in results if result["problem"]]
    if as_json:
        _out.json_value({"examples": results, "failed": len(failed)})
    else:
        for result in results:
            mark = "FAIL" if result["problem"] else "ok"
            click.echo(f"{mark:4} {result['automation']}: {result['example']}")
            for line in result["problem"].splitlines():
                click.echo(f"     {line}")
        click.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def named(automations: "tuple[Automation, ...]", names: tuple[str, ...]) -> "list[Automation]":
    """Those that are named, of the bot's own or from a file; all if none is.

    Raises:
        InputError: there is no such automation and no such file.
    """
    known = {automation.name: automation for automation in automations}
    unknown = [name for name in names if name not in known and not Path(name).is_file()]
    if unknown:
        raise InputError(f"No automation {', '.join(unknown)}", hint=f"Known: {', '.join(known)}")
    return [known.get(name) or _read(name) for name in names or known]


def _read(file: str) -> "Automation":
    from clickup_mlops.automations.load import find_actions, read

    return read(Path(file), find_actions())


def _results(automations: "list[Automation]", router: "Router") -> Iterator[dict[str, str]]:
    from clickup_mlops.automations.examples import difference, run

    for automation in automations:
        for example in automation.examples:
            problem = "\n".join(difference(example, run(automation, example, router)))
            yield {"automation": automation.name, "example": example.name, "problem": problem}
