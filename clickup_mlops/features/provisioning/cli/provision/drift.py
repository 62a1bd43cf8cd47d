"""Compare a live space with its template and report the difference. Made for a schedule.

Manual steps that were open at the last apply or `verify` and still are, are counted and not listed.
Exits 0 without drift, 2 if `provision apply` would correct some, 3 if manual steps remain.
`--channel` and `--task` post the report. `--accept PATH` leaves a difference as it is until it
changes again; `ignore_changes` in the template ignores a property for good.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.features.provisioning.cli.provision import _acting, _request
from clickup_mlops.ports.cli import options, output

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.operations.request import Request


@click.command(help=__doc__)
@_request.options
@_request.targets
@click.option("--channel", default="", metavar="NAME", help="Post the report in this chat channel.")
@click.option("--task", default="", metavar="ID", help="Post the report as a comment on this task.")
@click.option("--accept", multiple=True, metavar="PATH", help="Accept this object as it is.")
@options.config
@options.as_json
def command(
    *,
    request: "Request",
    channel: str,
    task: str,
    accept: tuple[str, ...],
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.provisioning.cli.provision.plan import show
    from clickup_mlops.features.provisioning.operations import workspace
    from clickup_mlops.features.provisioning.operations.drift import (
        Audience,
        drift,
        format_still_open,
        report,
    )

    with _request.open_bot(config) as bot:
        drift_ = drift(bot, request, accept)
        report(bot, drift_, Audience(channel, options.task_id(task)))
        per_minute = workspace.per_minute(bot)
    if as_json:
        output.json_value({**drift_.plan.to_dict(), "still_open": drift_.still_open})
    else:
        show(drift_.plan, show_all=False, per_minute=per_minute)
        if text := format_still_open(drift_):
            click.echo(text)
    return _acting.code(drift_.plan)
