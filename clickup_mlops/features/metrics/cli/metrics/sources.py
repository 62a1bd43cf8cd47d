"""List the configured sources, and what each can measure."""

from dataclasses import asdict
from pathlib import Path

import click

from clickup_mlops.features.metrics.cli.metrics import NO_SOURCE
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.metrics import operations
    from clickup_mlops.features.metrics.settings import MetricsSettings

    configured = operations.sources(options.settings(config).table(MetricsSettings))
    if as_json:
        output.json_value({"sources": [asdict(source) for source in configured]})
    elif not configured:
        click.echo(NO_SOURCE)
    else:
        rows = [(s.name, s.kind, f"{s.every_s:g} s", _measures(s.measures)) for s in configured]
        output.table(("source", "kind", "every", "measures"), rows)
    return ExitCode.DONE


def _measures(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "each series that it gives"
