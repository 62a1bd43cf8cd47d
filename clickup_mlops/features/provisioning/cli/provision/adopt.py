"""Manage a space that was made by hand. Writes nothing into ClickUp.

Stores which object belongs to which part of the template, so that a rename in ClickUp is seen as
a rename. Exits 2 if the template has something that the space has not: see `provision plan`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.features.provisioning.cli.provision import _acting, _request
from clickup_mlops.ports.cli import options, output
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.operations.request import Request


@click.command(help=__doc__)
@_request.options
@options.config
@options.as_json
def command(request: "Request", config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.provisioning.operations.adopt import adopt

    with _request.open_bot(config, "create") as bot:
        adopted = adopt(bot, request, _acting.silent())
    if as_json:
        paths = [[list(part) for part in step.path] for step in adopted.steps]
        output.json_value({"adopted": paths, "left": adopted.left.to_dict()})
    else:
        _say(len(adopted.steps), len(adopted.left.work))
    return _acting.code(adopted.left)


def _say(adopted: int, remaining: int) -> None:
    click.echo(f"{format_count(adopted, 'object')} adopted.")
    if remaining:
        click.echo(
            f"{format_count(remaining, 'object differs or is', 'objects differ or are')} missing: "
            "`provision plan` shows them."
        )
