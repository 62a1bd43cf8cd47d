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
        suggestions = operations.suggest(bot, collected)
    if as_json:
        output.json_value(asdict(suggestions))
    elif not suggestions.bindings:
        click.echo("Nothing is certain enough. `clickup-mlops metrics scrape` prints all series.")
    for suggestion in () if as_json else suggestions.bindings:
        click.echo(_toml(suggestion))
    for doubt in () if as_json else suggestions.doubts:
        click.echo(f"# {doubt}", err=True)
    return ExitCode.DONE


def _toml(suggestion: "Suggestion") -> str:
    from clickup_mlops import toml

    table = {"field": suggestion.field, "source": suggestion.source, "measure": suggestion.measure}
    head = f"# {suggestion.series} series, {format_count(suggestion.tasks, 'task')}"
    return f"{head}\n[[metrics.bindings]]\n{toml.dumps(table)}"
