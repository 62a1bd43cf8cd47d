"""Read sources now and print what they say. Nothing is written to ClickUp.

Rates and percentiles need two scrapes: they are made `--window` seconds apart. Exits 1 when a
source, or a part of one, could not be read, or gave no number.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.features.metrics.cli.metrics import NO_SOURCE, _window
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.metrics.read.collect import Collected
    from clickup_mlops.features.metrics.scrape import Reading

_NOTHING = "no number: rates need two scrapes, and what a server has not counted yet is unknown"


@click.command(help=__doc__)
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@_window.option
@options.config
@options.as_json
def command(names: tuple[str, ...], window: int, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.metrics import operations
    from clickup_mlops.features.metrics.settings import MetricsSettings

    settings = options.settings(config).table(MetricsSettings)
    wait = _window.waiting(window)
    collected = operations.scrape(settings, names, now_ms=clock.now_ms, wait=wait)
    if as_json:
        output.json_value({"sources": [_plain(source) for source in collected]})
    else:
        _print(collected)
    is_complete = all(source.readings and not source.problems for source in collected)
    return ExitCode.DONE if is_complete else ExitCode.ERROR


def _plain(source: "Collected") -> dict[str, object]:
    readings = [asdict(r) | {"labels": dict(r.labels)} for r in source.readings]
    return asdict(source) | {"readings": readings}


def _print(collected: "list[Collected]") -> None:
    rows = [
        (source.source, r.measure, f"{r.bound}{r.value:.6g}", r.unit, _labels(r))
        for source in collected
        for r in source.readings
    ]
    if rows:
        output.table(("source", "measure", "value", "unit", "labels"), rows)
    elif not collected:
        click.echo(NO_SOURCE)
    for source in collected:
        for message in source.messages or (() if source.readings else (_NOTHING,)):
            click.echo(f"{source.source}: {message}", err=True)


def _labels(reading: "Reading") -> str:
    return " ".join(f"{key}={value}" for key, value in sorted(reading.labels))
