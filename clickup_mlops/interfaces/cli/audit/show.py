"""Show one change with everything recorded about it."""

from pathlib import Path

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("change", type=int)
@options.config
@options.as_json
def command(change: int, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations import audit

    with options.open_store(config) as store:
        facts = audit.change(store, change).as_dict()
    if as_json:
        output.json_value(facts)
        return ExitCode.DONE
    for name, value in facts.items():
        text = value if isinstance(value, str) else output.pretty(value)
        label = name.removesuffix("_ms")
        click.echo(f"{label:12} {text if label == name else output.when(value)}")
    return ExitCode.DONE
