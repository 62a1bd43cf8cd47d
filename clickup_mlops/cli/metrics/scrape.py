"""Read sources now and print what they say. Nothing is written to ClickUp.

Rates and percentiles need two scrapes: they are made `--window` seconds apart. Exits 2 when a
source, or a part of one, could not be read.
"""

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _clock, _options, _out

if TYPE_CHECKING:
    from clickup_mlops.metrics.collect import Collected
    from clickup_mlops.metrics.scrape import Reading


@click.command(help=__doc__)
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--window",
    type=click.IntRange(0, 3600),
    default=15,
    show_default=True,
    help="Seconds between two scrapes; 0: one scrape, without rates.",
)
@_options.config
@_options.as_json
def command(names: tuple[str, ...], window: int, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations import metrics

    settings = _options.settings(config).metrics
    wait = (lambda: _wait(window)) if window else None
    found = list(metrics.scrape(settings, names, now_ms=_clock.now_ms, wait=wait))
    if as_json:
        _out.json_value({"sources": [_plain(one) for one in found]})
    else:
        _print(found)
    return 2 if any(one.problems for one in found) else 0


def _wait(seconds: int) -> None:
    for _ in _out.progress(range(seconds), seconds, "Window"):
        time.sleep(1)


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
        _out.table(("source", "measure", "value", "unit", "labels"), rows)
    elif not any(one.problems for one in found):
        click.echo("No source gave a number.")
    for one in found:
        for problem in one.problems:
            click.echo(f"{one.source}: {problem}", err=True)


def _labels(reading: "Reading") -> str:
    return " ".join(f"{key}={value}" for key, value in sorted(reading.labels))
