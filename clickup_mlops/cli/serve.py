"""Run the bot: receive webhooks, route tasks, heal the webhook, back-fill what was missed.

Stops on Ctrl-C or SIGTERM after finishing what it is doing. Nothing that was acknowledged is lost,
however it ends. `/healthz` says whether it lives, `/readyz` whether it works, `/metrics` how much.
"""

from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _options

if TYPE_CHECKING:
    from clickup_mlops.bot.wiring import Bot


@click.command(help=__doc__)
@_options.config
def command(config: Path | None) -> int:
    from clickup_mlops.web import server

    # Here too, so that a mistake is told in words before a server process starts.
    with build(config) as bot:
        bot.must_be_complete()
    server.run(partial(build, config), bot.settings.server)
    return 0


def build(config: Path | None) -> "AbstractContextManager[Bot]":
    """Build the bot. Called in the process that serves, which knows nothing but this argument."""
    from clickup_mlops.bot import wiring

    return wiring.build(_options.settings(config, log_level=None))
