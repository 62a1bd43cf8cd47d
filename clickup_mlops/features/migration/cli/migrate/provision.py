"""Create the Spaces, Folders, Lists and custom fields that a mapping needs. Asks first.

Shows the plan like `provision plan`; `--plan-only` stops there (exit code 2: there is work). What
exists is adopted and not changed. What ClickUp's API cannot create, fields and statuses, is listed
with the clicks that it takes; exits 3 while any of it is left.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.features.migration.cli.migrate import _options
from clickup_mlops.features.provisioning.cli.provision import _acting, _request
from clickup_mlops.features.provisioning.cli.provision.plan import show
from clickup_mlops.ports.cli import output

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.features.provisioning.operations.request import Request
    from clickup_mlops.features.provisioning.plan.model import Plan


@click.command(help=__doc__)
@_options.mapping_file
@click.option("--plan-only", is_flag=True, help="Only show what would be created.")
@click.option(
    "--experimental-field-create",
    "experimental",
    is_flag=True,
    help="Try ClickUp's undocumented call for custom fields. It cannot be undone by API.",
)
@click.option("--retry", is_flag=True, help="Retry fields that ClickUp refused before.")
@_acting.yes
@_options.config
@_options.as_json
def command(
    *,
    file: Path,
    plan_only: bool,
    experimental: bool,
    retry: bool,
    yes: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.migration.operations import provision

    with _options.open_bot(config, "temporary" if plan_only else "create") as bot:
        loaded = provision.load(bot, file)
        request = provision.request(loaded, experimental=experimental, retry=retry)
        if plan_only:
            return _plan(bot, request, as_json=as_json)
        return _apply(bot, request, file, yes=yes, as_json=as_json)


def _plan(bot: "Bot", request: "Request", *, as_json: bool) -> int:
    from clickup_mlops.features.provisioning.operations import plan as planning
    from clickup_mlops.features.provisioning.operations import workspace

    plan = planning.plan(bot, request)
    _request.warn(bot, plan)
    if as_json:
        output.json_value(plan.to_dict())
    else:
        show(plan, show_all=False, per_minute=workspace.per_minute(bot))
    return _acting.code(plan)


def _apply(bot: "Bot", request: "Request", file: Path, *, yes: bool, as_json: bool) -> int:
    from clickup_mlops.features.provisioning.operations import workspace
    from clickup_mlops.features.provisioning.operations.apply import apply
    from clickup_mlops.features.provisioning.operations.verify import verify

    def present(plan: "Plan") -> None:
        show(plan, show_all=False, per_minute=workspace.per_minute(bot))

    with _acting.attended(present, "Create this?", yes=yes, as_json=as_json) as callbacks:
        result = apply(bot, request, callbacks)
    if not as_json:
        for line in verify(bot, request, _acting.silent()).todo.lines():
            click.echo(line)
    return _acting.report(result, as_json, verify=f"migrate provision {file}")
