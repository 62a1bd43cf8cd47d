"""No longer manage an object and all in it. It stays in ClickUp.

PATH is as `provision state list` shows it: "ML / Intake".
"""

from pathlib import Path

import click

from clickup_mlops.features.provisioning.cli.provision import _request
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("path")
@options.config
@options.as_json
def command(path: str, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.provisioning.operations import state
    from clickup_mlops.features.provisioning.tree import show

    with _request.open_bot(config) as bot:
        removed = state.remove(bot, path)
    output.lines(
        "removed", [show(removed_path) for removed_path in removed], as_json, nothing="Nothing."
    )
    return ExitCode.DONE
