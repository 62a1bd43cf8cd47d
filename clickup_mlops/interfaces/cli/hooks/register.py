"""Register the webhook, or repair the one that is there.

`serve` does the same when it starts and then twice a minute.
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
        repairs = bot.sources.hooks.register()
    output.lines("repairs", repairs, as_json, nothing="The webhook is registered and works.")
    return ExitCode.DONE
