"""Write today's proposal to the chat channel or Doc of `[shadow]`, now; again, it is updated."""

from pathlib import Path

import click

from clickup_mlops.ports.cli import options
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.config
def command(config: Path | None) -> int:
    from clickup_mlops.features.shadow import operations

    with options.open_bot(config, "create") as bot:
        place = operations.post(bot)
    click.echo(f"Today's proposal is in {place}.")
    return ExitCode.DONE
