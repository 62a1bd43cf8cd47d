"""Run the bot: receive webhooks, route tasks, repair the webhook, back-fill what was missed.

Stops on Ctrl-C or SIGTERM after finishing what it is doing. Nothing that was acknowledged is lost,
however it ends. `/healthz` reports liveness, `/readyz` readiness, `/metrics` metrics.
While PostgreSQL or ClickUp is unavailable it waits, reports that in `/readyz`, and then continues.

Changed settings, secrets and automations are used within seconds, without a restart; what cannot be
used is not, and `/readyz` says why.

With several --config each is a workspace with a process of its own, restarted when it ends.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.errors import ConfigError, StoreUnavailable
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.bot.settings import Settings
    from clickup_mlops.interfaces.cli._reloading import Reloading


@click.command(help=__doc__)
@click.option(
    "--config",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings file; several: a bot each. Default: $CLICKUP_MLOPS_CONFIG, else ./config.toml.",
)
def command(files: tuple[Path, ...]) -> int:
    from clickup_mlops.interfaces.cli import _supervisor

    if len(files) > 1:
        from clickup_mlops.operations import workspaces

        bots = workspaces.named(files)
        workspaces.check(bots)
        return _supervisor.run(bots)
    _supervisor.end_with_parent()
    _serve(files[0] if files else None)
    return ExitCode.DONE


def _serve(config: Path | None) -> None:
    from clickup_mlops.interfaces.cli import _reloading, _serving
    from clickup_mlops.interfaces.web import server
    from clickup_mlops.ports.cli import options

    _serving.keep_heap_small()
    with _serving.no_garbage_collection():
        settings = options.settings(config, log_level=None)
        reloading = _reloading.Reloading(settings, config)
        try:
            build = partial(_checked, settings, reloading)
            # A request that hangs keeps the server from stopping, and nobody from a new start.
            server.run(build, settings.server, at_last=reloading.start_anew)
        finally:
            reloading.start_anew()


@contextmanager
def _checked(settings: "Settings", reloading: "Reloading") -> Iterator["Bot"]:
    """The bot, in which no mistake of a person was found, with its tables up to date."""
    from clickup_mlops.bot import app

    with app.build(settings, migrates=True) as bot:
        bot.check()
        _open(bot)
        reloading.follow(bot)
        yield bot


def _open(bot: "Bot") -> None:
    """Migrate the tables, unless the database server is unavailable: `serve` waits then.

    A file that is locked or full is an error at once: a person must act, or another bot uses it.
    """
    from clickup_mlops.interfaces.cli import _serving
    from clickup_mlops.store.database.opening import parse_url

    url = bot.settings.store.url.get_secret_value()
    try:
        if not _is_current(url):
            _serving.try_in_child(lambda: bot.store)  # migrating loads 10 MiB of tools
        _ = bot.store
    except StoreUnavailable:
        if parse_url(url).get_backend_name() == "sqlite":
            raise


def _is_current(url: str) -> bool:
    from clickup_mlops.store import Store

    with Store(url) as store, suppress(ConfigError):
        store.must_be_current()
        return True
    return False
