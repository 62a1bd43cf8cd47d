"""Run the examples in the automations' files: all, or those of the NAMEs or FILEs given.

They are evaluated with the configured policy and classifier. Makes no API calls. A file that cannot
be used is reported with its key, and the others are tested. Exits 1 if that or an example fails.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.errors import ContentError
    from clickup_mlops.operations.automations.files import ExampleResult


@click.command(help=__doc__)
@click.argument("names", metavar="[NAME|FILE]...", nargs=-1)
@options.config
@options.as_json
def command(names: tuple[str, ...], config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations.automations.files import automations, choose, run_examples
    from clickup_mlops.routing.router import Router

    with options.open_bot(config, "temporary") as bot:
        chosen = choose(automations(bot.settings.automations), names)
        router = Router(bot.settings.routing, bot.context.classifier)
        results = list(run_examples(chosen.usable, router))
    failed = [result for result in results if result.problem]
    if as_json:
        problems = [_plain(problem) for problem in chosen.problems]
        facts = {"examples": list(map(asdict, results)), "failed": len(failed)}
        output.json_value({**facts, "problems": problems})
    else:
        _report(results, chosen.problems)
    return ExitCode.ERROR if failed or chosen.problems else ExitCode.DONE


def _report(results: "list[ExampleResult]", problems: "tuple[ContentError, ...]") -> None:
    for result in results:
        mark = "FAIL" if result.problem else "ok"
        click.echo(f"{mark:4} {result.automation}: {result.example}")
        for line in result.problem.splitlines():
            click.echo(f"     {line}")
    for problem in problems:
        click.echo("\n     ".join(f"FAIL {problem}".splitlines()))
    failed = sum(bool(result.problem) for result in results)
    unusable = f", {format_count(len(problems), 'file')} cannot be used" if problems else ""
    click.echo(f"{len(results) - failed} passed, {failed} failed{unusable}")


def _plain(problem: "ContentError") -> dict[str, str]:
    return {"file": str(problem.file), "key": problem.key, "problem": problem.problem}
