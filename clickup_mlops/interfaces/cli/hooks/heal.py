"""Compare the webhook with the settings, and repair what differs.

Removes duplicates that point to this bot, ends a suspension, corrects address, scope and events.
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
        repairs = bot.sources.hooks.heal()
    output.lines("repairs", repairs, as_json, nothing="Nothing to repair.")
    return ExitCode.DONE
