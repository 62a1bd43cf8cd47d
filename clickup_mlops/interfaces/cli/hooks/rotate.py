"""Replace the webhook by one with a new secret, without a gap.

Deliveries signed with the old secret stay valid for `hooks.rotation`. No restart is needed.
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
    from clickup_mlops.views.text import format_duration

    with options.open_bot(config, "create") as bot:
        report = bot.sources.hooks.rotate()
        keeps = format_duration(int(bot.settings.hooks.rotation.total_seconds() * 1000))
    if as_json:
        output.json_value(asdict(report))
    else:
        click.echo(f"Webhook {report.id} has a new secret; the old one is valid for {keeps} more.")
    return ExitCode.DONE
