"""Remove the webhook from ClickUp, for example before the bot moves to another address.

Stop `serve` first: it registers the webhook again. Changes made meanwhile are found when the bot
runs again.
"""

from pathlib import Path

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, as_json: bool) -> int:
    with options.open_bot(config, "create") as bot:
        deleted = bot.sources.hooks.delete()
    output.lines("deleted", deleted, as_json, nothing="No webhook points to this bot.")
    return ExitCode.DONE
