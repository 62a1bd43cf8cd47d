"""Upgrade a live space to a new version of its template, and keep what people changed.

Shows what it would do (`provision diff`) and asks first. Exits 3 if manual steps remain.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.features.provisioning.cli.provision import _acting, _comparing, _request
from clickup_mlops.ports.cli import options

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.operations.request import Request
    from clickup_mlops.features.provisioning.plan.upgrade import Side, Upgrade


@click.command(help=__doc__)
@_request.options
@_comparing.options
@_acting.allow
@_acting.yes
@options.config
@options.as_json
def command(
    *,
    request: "Request",
    old: str | None,
    prefer: "Side",
    allow: int | None,
    yes: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.provisioning.operations import workspace
    from clickup_mlops.features.provisioning.operations.upgrade import upgrade

    with _request.open_bot(config, "create") as bot:

        def show(upgrade_: "Upgrade") -> None:
            _comparing.show(upgrade_, workspace.per_minute(bot))

        with _acting.attended(show, "Upgrade?", yes=yes, as_json=as_json) as callbacks:
            result = upgrade(bot, request, callbacks, old=old, prefer=prefer, max_changes=allow)
    return _acting.report(result, as_json)
