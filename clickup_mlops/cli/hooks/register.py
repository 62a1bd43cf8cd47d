"""Register the webhook, or repair the one that is there.

`serve` does the same when it starts and then twice a minute.
"""

from pathlib import Path

import click

from clickup_mlops.cli import _options, _out


@click.command(help=__doc__)
@_options.config
@_options.as_json
def command(config: Path | None, as_json: bool) -> int:
    with _options.open_bot(config, "create") as bot:
        done = bot.sources.hooks.register()
    _out.lines("repairs", done, as_json, nothing="The webhook is registered and works.")
    return 0
