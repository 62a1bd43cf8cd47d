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
from clickup_mlops.ports.cli.exit_codes import ExitCode

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
@click.option(
    "--csv",
    "sheets",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the spreadsheets with which ClickUp's importer creates the fields into this "
    "folder; it is created. Then nothing else is done.",
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
    sheets: Path | None,
    yes: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.migration.operations import provision

    is_read_only = plan_only or sheets is not None
    with _options.open_bot(config, "temporary" if is_read_only else "create") as bot:
        loaded = provision.load(bot, file)
        request = provision.request(loaded, experimental=experimental, retry=retry)
        if sheets is not None:
            return _write(bot, request, sheets, as_json=as_json)
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


def _write(bot: "Bot", request: "Request", folder: Path, *, as_json: bool) -> int:
    """For ClickUp's importer: it creates fields that the API cannot create."""
    from clickup_mlops.features.provisioning.cli.provision.verify import write_sheets
    from clickup_mlops.features.provisioning.operations.verify import verify

    todo = verify(bot, request, _acting.silent()).todo
    write_sheets(todo, folder)
    if as_json:
        output.json_value(todo.to_dict())
    else:
        for name in todo.files:
            click.echo(f"Wrote {folder / name}")
        click.echo("Import each in ClickUp (Space settings › Import › CSV), then repeat this.")
    return ExitCode.MANUAL_STEPS if todo.files else ExitCode.DONE


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
