"""Show one event with its body and its last error."""

from pathlib import Path

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("event_id", metavar="ID", type=int)
@options.config
@options.as_json
def command(event_id: int, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations import events

    with options.open_store(config) as store:
        facts = events.facts(events.event(store, event_id))
    if as_json:
        output.json_value(facts)
        return ExitCode.DONE
    body, error = facts.pop("body"), facts.pop("error")
    for name, value in facts.items():
        label = name.removesuffix("_ms")
        click.echo(f"{label:12} {value if label == name else output.when(value)}")
    click.echo(output.pretty(body))
    if error:
        click.echo(f"\n{error}")
    return ExitCode.DONE
