"""No longer manage an object and all in it. It stays in ClickUp.

PATH is as `provision state list` shows it: "ML / Intake".
"""

from pathlib import Path

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.cli.provision import _request


@click.command(help=__doc__)
@click.argument("path")
@_options.config
@_options.as_json
def command(path: str, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations.provisioning import state
    from clickup_mlops.provision.tree import show

    with _request.open_bot(config) as bot:
        gone = state.remove(bot, path)
    _out.lines("removed", [show(one) for one in gone], as_json, nothing="Nothing.")
    return 0
