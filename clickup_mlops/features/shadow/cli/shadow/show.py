"""Show what the bot would do now in the Lists of `[shadow]`, and why. Writes nothing."""

from dataclasses import asdict
from pathlib import Path

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, *, as_json: bool) -> int:
    from clickup_mlops.features.shadow import operations
    from clickup_mlops.features.shadow.cli import _present

    with options.open_bot(config, "create") as bot:
        proposals = operations.refresh(bot)
    if as_json:
        output.json_value({"proposals": [asdict(proposal) for proposal in proposals]})
    else:
        _present.show(proposals)
    return ExitCode.DONE
