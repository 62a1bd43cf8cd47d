"""Propose bindings from what is scraped now and what tasks exist, as TOML for the settings file.

Only those are proposed whose field's name says the measure, and whose series each name one task.
Why another one is not certain enough is said besides: bind it by hand, with `match`.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.features.metrics.cli.metrics import _window
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.features.metrics.operations import Suggestion


@click.command(help=__doc__)
@_window.option
@options.config
@options.as_json
def command(window: int, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.metrics import operations
    from clickup_mlops.features.metrics.settings import MetricsSettings

    with options.open_bot(config, "temporary") as bot:
        wait = _window.waiting(window)
        collected = operations.scrape(
            bot.settings.table(MetricsSettings), (), now_ms=clock.now_ms, wait=wait
        )
        found = operations.suggest(bot, collected)
    if as_json:
        output.json_value(asdict(found))
    elif not found.bindings:
        click.echo("Nothing is certain enough. `clickup-mlops metrics scrape` prints all series.")
    for one in () if as_json else found.bindings:
        click.echo(_toml(one))
    for doubt in () if as_json else found.doubts:
        click.echo(f"# {doubt}", err=True)
    return ExitCode.DONE


def _toml(one: "Suggestion") -> str:
    from clickup_mlops import toml

    table = {"field": one.field, "source": one.source, "measure": one.measure}
    head = f"# {one.series} series, {format_count(one.tasks, 'task')}"
    return f"{head}\n[[metrics.bindings]]\n{toml.dumps(table)}"
