"""Queue tasks whose changes the bot did not receive.

Without options: what changed since the last back-fill; `serve` does that by itself. With --since or
--all it goes back further, for example for the tasks that are older than the bot. The running bot,
or the next one, evaluates them.

A priority that a task has already is held for a while, see routing.keep_existing; a task without
one gets one.
"""

from pathlib import Path

import click

from clickup_mlops.errors import InputError
from clickup_mlops.operations import times
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count


@click.command(help=__doc__)
@click.option("--since", help=f"What changed from then on: {times.EXAMPLES}.")
@click.option("--all", "all_tasks", is_flag=True, help="Every task.")
@options.config
@options.as_json
def command(since: str | None, all_tasks: bool, config: Path | None, as_json: bool) -> int:
    if since and all_tasks:
        raise InputError("Give --since or --all, not both")
    from clickup_mlops.operations.backfill import backfill

    since_ms = 0 if all_tasks else times.moment("--since", since, clock.now_ms())
    with options.open_bot(config, "create") as bot:
        result = backfill(bot, since_ms)
    if as_json:
        output.json_value({"tasks": list(result.tasks), "kept": result.held})
    else:
        click.echo(f"{format_count(len(result.tasks), 'task')} in the inbox.")
        if result.held:
            click.echo(f"{result.held} of them have a priority that is held for now.")
    return ExitCode.DONE
