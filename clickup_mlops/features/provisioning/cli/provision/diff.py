"""Show what a new version of a template would do to a live space. Changes nothing.

Compares the last apply, the template, and ClickUp: only the template changed it (`~`), people
changed it (`?`, it stays theirs), no longer named (left alone). Exits 2 if there is work for
`upgrade`, 3 if manual steps remain.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.features.provisioning.cli.provision import _acting, _comparing, _request
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.operations.request import Request
    from clickup_mlops.features.provisioning.plan.upgrade import Side


@click.command(help=__doc__)
@_request.options
@_comparing.options
@options.config
@options.as_json
def command(
    *,
    request: "Request",
    old: str | None,
    prefer: "Side",
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.provisioning.operations import workspace
    from clickup_mlops.features.provisioning.operations.upgrade import compare

    with _request.open_bot(config, "temporary") as bot:
        upgrade = compare(bot, request, old=old, prefer=prefer)
        per_minute = workspace.per_minute(bot)
    if as_json:
        output.json_value(_comparing.plain(upgrade))
    else:
        _comparing.show(upgrade, per_minute)
    manual_code = ExitCode.MANUAL_STEPS if upgrade.theirs or upgrade.unnamed else ExitCode.DONE
    return _acting.code(upgrade.plan) or manual_code
