"""List the webhooks that point to this bot, and what is wrong with each.

Exits 2 when `hooks heal` would change something.
"""

from dataclasses import asdict
from pathlib import Path

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, as_json: bool) -> int:
    with options.open_bot(config, "temporary") as bot:
        reports = bot.sources.hooks.list()
    if as_json:
        output.json_value({"webhooks": [asdict(report) for report in reports]})
    elif reports:
        output.table(
            ("id", "endpoint", "health", "failures", "problems"),
            [(r.id, r.endpoint, r.health, r.fail_count, "; ".join(r.problems)) for r in reports],
        )
    else:
        click.echo("No webhook points to this bot. `clickup-mlops hooks register` creates one.")
    healthy = len(reports) == 1 and reports[0].current and not reports[0].problems
    return ExitCode.DONE if healthy else ExitCode.WORK_TO_DO
