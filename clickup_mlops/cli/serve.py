"""Run the bot: receive webhooks, route tasks, heal the webhook, back-fill what was missed.

Stops on Ctrl-C or SIGTERM after finishing what it is doing. Nothing that was acknowledged is lost,
however it ends. `/healthz` says whether it lives, `/readyz` whether it works, `/metrics` how much.
"""

from pathlib import Path

import click

from clickup_mlops.cli import _options


@click.command(help=__doc__)
@_options.config
def command(config: Path | None) -> None:
    from clickup_mlops.cli import _serving
    from clickup_mlops.web import server

    with _serving.build(config) as bot:
        # Here, so that a mistake is told in words before a server process starts.
        bot.must_be_complete()
        options = bot.settings.server
        port = server.free_port(options.host, options.port)
        _ = bot.store  # opened once: the tables are up to date
    _serving.become(config, options.model_copy(update={"port": port}))
