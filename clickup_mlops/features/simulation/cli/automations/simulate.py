"""Show what automations would have done with recorded events: all, or the NAMEs.

The bot's own evaluator runs over the recorded events and tasks: caps, latches, schedules and
automations that trigger each other included. Makes no API calls and writes nothing. Automations in
mode `shadow` are treated as on; those that are off are skipped, unless they are named.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops import files
from clickup_mlops.operations import times
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.simulation.simulated import Simulated

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(help=__doc__)
@click.argument("names", metavar="[NAME|FILE]...", nargs=-1)
@click.option("--since", default="30d", show_default=True, help=f"{times.EXAMPLES}.")
@click.option("--until", help="Only before then.")
@click.option("--input", "source", type=FILE, help="JSON lines in place of the bot's own store.")
@click.option("--html", type=FILE, help="Write the result as an HTML page.")
@options.config
@options.as_json
def command(
    *,
    names: tuple[str, ...],
    since: str,
    until: str | None,
    source: Path | None,
    html: Path | None,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.simulation.operations.simulate import Question, simulate
    from clickup_mlops.features.simulation.operations.simulation_page import page

    now = clock.now_ms()
    question = Question(
        times.moment("--since", since, now) or 0,
        times.moment("--until", until, now) or now,
        names,
        source,
    )
    # A file of recordings needs no store; without one no template's policy holds.
    with options.open_bot(config, "temporary" if source else "refuse") as bot:
        result = simulate(bot, question, watch=partial(output.progress, description="Simulating"))
    if html is not None:
        files.write(html, page(result))
    if as_json:
        output.json_value(result.to_dict())
    else:
        _show(result)
        if html is not None:
            click.echo(f"The page is {html}")
    return ExitCode.DONE


def _show(result: "Simulated") -> None:
    """The summary, and tables of the automations and of values that went back and forth."""
    from clickup_mlops.features.simulation.operations.simulate import summary

    since, until = output.when(result.since_ms), output.when(result.until_ms)
    click.echo(f"{since} to {until}: what the automations would have done. Nothing was written.")
    for name, value in summary(result):
        click.echo(f"{value:>8,}  {name}")
    if result.automations:
        rows = [(r.automation, r.done, r.tasks, r.capped, r.problems) for r in result.automations]
        output.table(("automation", "writes", "tasks", "over the cap", "problems"), rows)
    if result.flips:
        flips = [
            (f.task_id, f.task, f.kind, f.times, ", ".join(f.automations)) for f in result.flips
        ]
        title = "Values that went back and forth"
        output.table(("task", "title", "value", "times", "automations"), flips[:20], title=title)
