"""Create and change what a template describes. Applying it again changes nothing.

Shows the plan and asks first. An interrupted run, at whatever call, continues when it is run again.
Exits 3 if manual steps remain.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.features.provisioning.cli.provision import _acting, _request
from clickup_mlops.ports.cli import options

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.operations.request import Request
    from clickup_mlops.features.provisioning.plan.model import Plan


@click.command(help=__doc__)
@_request.options
@_request.targets
@click.option(
    "--plan",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Apply exactly this plan (`provision plan --out`); refused if the workspace changed.",
)
@_acting.allow
@_acting.yes
@options.config
@options.as_json
def command(
    *,
    request: "Request",
    file: Path | None,
    allow: int | None,
    yes: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.provisioning.operations import plan, workspace
    from clickup_mlops.features.provisioning.operations.apply import apply

    saved_plan = None if file is None else plan.loads(file.read_text(encoding="utf-8"), str(file))
    with _request.open_bot(config, "create") as bot:

        def show(planned: "Plan") -> None:
            from clickup_mlops.features.provisioning.cli.provision import plan as printed

            _request.warn(bot, planned)
            printed.show(planned, show_all=False, per_minute=workspace.per_minute(bot))

        with _acting.attended(show, "Apply this?", yes=yes, as_json=as_json) as callbacks:
            result = apply(bot, request, callbacks, saved_plan=saved_plan, max_changes=allow)
    return _acting.report(result, as_json)
