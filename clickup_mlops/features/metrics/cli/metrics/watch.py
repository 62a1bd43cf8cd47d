"""Read sources again and again, and print the values that changed. Ctrl-C ends it."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.features.metrics.cli.metrics import _window
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.metrics.read.collect import Collected
    from clickup_mlops.features.metrics.scrape import Reading


@click.command(help=__doc__)
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--every",
    type=click.IntRange(1, 3600),
    default=15,
    show_default=True,
    help="Seconds between two scrapes.",
)
@click.option("--times", type=click.IntRange(1), help="End after so many.")
@options.config
def command(names: tuple[str, ...], every: int, times: int | None, config: Path | None) -> int:
    from clickup_mlops.features.metrics import operations
    from clickup_mlops.features.metrics.settings import MetricsSettings

    settings = options.settings(config).table(MetricsSettings)
    rounds = operations.watch(settings, names, now_ms=clock.now_ms, wait=_window.pause(every))
    printed: dict[tuple[str, str, object], float] = {}
    with suppress(KeyboardInterrupt):
        for number, collected in enumerate(rounds, 1):
            _print(collected, printed)
            if number == times:
                break
    return ExitCode.DONE


def _print(collected: "list[Collected]", printed: dict[tuple[str, str, object], float]) -> None:
    for source in collected:
        for reading in source.readings:
            key = (source.source, reading.measure, reading.labels)
            if printed.get(key) != reading.value:
                printed[key] = reading.value
                click.echo(_line(source.source, reading))
        for problem in source.messages:
            click.echo(f"{source.source}: {problem}", err=True)


def _line(source: str, reading: "Reading") -> str:
    labels = " ".join(f"{key}={value}" for key, value in sorted(reading.labels))
    value = f"{reading.bound}{reading.value:.6g} {reading.unit}".strip()
    parts = (output.when(reading.at_ms), source, reading.measure, value, labels)
    return "  ".join(part for part in parts if part)
