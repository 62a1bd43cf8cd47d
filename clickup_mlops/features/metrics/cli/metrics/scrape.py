"""Read sources now and print what they say. Nothing is written to ClickUp.

Rates and percentiles need two scrapes: they are made `--window` seconds apart. Exits 1 when a
source, or a part of one, could not be read.
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
    from clickup_mlops.features.metrics.read.scrape import Reading


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
    found = operations.scrape(settings, names, now_ms=clock.now_ms, wait=wait)
    if as_json:
        output.json_value({"sources": [_plain(one) for one in found]})
    else:
        _print(found)
    return ExitCode.ERROR if any(one.problems for one in found) else ExitCode.DONE


def _plain(one: "Collected") -> dict[str, object]:
    readings = [asdict(r) | {"labels": dict(r.labels)} for r in one.readings]
    return asdict(one) | {"readings": readings}


def _print(found: "list[Collected]") -> None:
    rows = [
        (one.source, r.measure, f"{r.bound}{r.value:.6g}", r.unit, _labels(r))
        for one in found
        for r in one.readings
    ]
    if rows:
        output.table(("source", "measure", "value", "unit", "labels"), rows)
    elif not found:
        click.echo(NO_SOURCE)
    elif not any(one.said for one in found):
        click.echo("No source gave a number.")
    for one in found:
        for problem in one.said:
            click.echo(f"{one.source}: {problem}", err=True)


def _labels(reading: "Reading") -> str:
    return " ".join(f"{key}={value}" for key, value in sorted(reading.labels))
