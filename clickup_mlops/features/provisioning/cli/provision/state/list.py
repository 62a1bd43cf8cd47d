"""List the managed objects with their ids, and the template that wants them."""

from pathlib import Path

import click

from clickup_mlops.features.provisioning.cli.provision import _request
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.provisioning.operations import state
    from clickup_mlops.features.provisioning.tree import show

    with _request.open_bot(config) as bot:
        managed = state.list_managed(bot)
    rows = [
        (show(path), managed_object.object_id, managed_object.template, managed_object.run_id)
        for path, managed_object in managed.items()
    ]
    names = ("object", "id", "template", "run")
    if as_json:
        output.json_value({"objects": [dict(zip(names, row, strict=True)) for row in rows]})
    else:
        output.table(names, rows, nothing="Nothing is managed.")
    return ExitCode.DONE
