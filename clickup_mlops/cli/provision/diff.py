"""Show what a new version of a template would do to a live space. Changes nothing.

Compares what the last apply wanted, what the template wants now, and what is in ClickUp: only the
template changed it (`~`), people changed it (`?`, it stays theirs), no longer named (left alone).
Exits 2 if there is a difference.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.cli.provision import _doing, _request, _upgrading

if TYPE_CHECKING:
    from clickup_mlops.provision.plan.upgrade import Side


@click.command(help=__doc__)
@_request.options
@_upgrading.options
@_options.config
@_options.as_json
def command(
    *,
    request: _request.Request,
    old: str | None,
    prefer: "Side",
    config: Path | None,
    as_json: bool,
) -> int:
    with _options.open_bot(config) as bot:
        found = _upgrading.look(bot, request, old, prefer)
        if as_json:
            _out.json_value(_upgrading.plain(found))
        else:
            _upgrading.show(bot, found)
    return _doing.WORK if found.plan.work or found.theirs or found.unnamed else 0
