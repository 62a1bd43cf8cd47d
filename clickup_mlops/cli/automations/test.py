"""Run the examples in the automations' files: all, or those of the NAMEs or FILEs given.

They are evaluated with the configured policy and classifier. Makes no call. Exits 1 if one fails.
"""

from dataclasses import asdict
from pathlib import Path

import click

from clickup_mlops.cli import _options, _out


@click.command(help=__doc__)
@click.argument("names", metavar="[NAME|FILE]...", nargs=-1)
@_options.config
@_options.as_json
def command(names: tuple[str, ...], config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations.automations.files import named, run_examples

    with _options.open_bot(config, "temporary") as bot:
        results = list(run_examples(named(bot.context.automations, names), bot.context.router))
    failed = [result for result in results if result.problem]
    if as_json:
        _out.json_value({"examples": list(map(asdict, results)), "failed": len(failed)})
    else:
        for result in results:
            mark = "FAIL" if result.problem else "ok"
            click.echo(f"{mark:4} {result.automation}: {result.example}")
            for line in result.problem.splitlines():
                click.echo(f"     {line}")
        click.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0
