"""Manage an existing object as the one that a template wants at PATH, by its id.

For a Space, Folder, List, view, Doc or task that has another name: the next plan shows the rename.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.features.provisioning.cli.provision import _request
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.operations.request import Request


@click.command(help=__doc__)
@_request.options
@click.argument("path")
@click.argument("object_id", metavar="ID")
@options.config
@options.as_json
def command(
    *, request: "Request", path: str, object_id: str, config: Path | None, as_json: bool
) -> int:
    from clickup_mlops.features.provisioning.operations import state
    from clickup_mlops.features.provisioning.tree import show

    with _request.open_bot(config, "create") as bot:
        added = state.add(bot, request, path, object_id)
    output.lines("added", [show(added)], as_json, nothing="Nothing.")
    return ExitCode.DONE
