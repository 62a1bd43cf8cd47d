"""List the managed objects with their ids, and the template that wants them."""

from pathlib import Path

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.cli.provision import _request


@click.command(help=__doc__)
@_options.config
@_options.as_json
def command(config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations.provisioning import state
    from clickup_mlops.provision.tree import show

    with _request.open_bot(config) as bot:
        known = state.known(bot)
    rows = [(show(path), one.object_id, one.template, one.run_id) for path, one in known.items()]
    names = ("object", "id", "template", "run")
    if as_json:
        _out.json_value({"objects": [dict(zip(names, row, strict=True)) for row in rows]})
    else:
        _out.table(names, rows, nothing="Nothing is managed.")
    return 0
