"""Remove the webhook from ClickUp, for example before the bot moves to another address.

Stop `serve` first: it registers the webhook again. Changes made meanwhile are found when the bot
runs again.
"""

from pathlib import Path

import click

from clickup_mlops.cli import _options, _out


@click.command(help=__doc__)
@_options.config
@_options.as_json
def command(config: Path | None, as_json: bool) -> int:
    with _options.open_bot(config, "create") as bot:
        done = bot.sources.hooks.delete()
    _out.lines("deleted", done, as_json, nothing="No webhook points to this bot.")
    return 0
