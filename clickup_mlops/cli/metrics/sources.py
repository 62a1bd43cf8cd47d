"""List the configured sources, and what each can measure."""

from dataclasses import asdict
from pathlib import Path

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.cli.metrics import NO_SOURCE


@click.command(help=__doc__)
@_options.config
@_options.as_json
def command(config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations import metrics

    found = metrics.sources(_options.settings(config).metrics)
    if as_json:
        _out.json_value({"sources": [asdict(one) for one in found]})
    elif not found:
        click.echo(NO_SOURCE)
    else:
        rows = [(s.name, s.kind, f"{s.every_s:g} s", _measures(s.measures)) for s in found]
        _out.table(("source", "kind", "every", "measures"), rows)
    return 0


def _measures(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "each series that it gives"
