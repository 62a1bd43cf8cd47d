"""Run a local ClickUp: API, webhooks, rate limits, and a page to act as the team by hand.

Point the bot at it with `clickup.base_url`. It has every documented operation.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.ports.cli.program import program

if TYPE_CHECKING:
    from clickup_mlops.sandbox import Sandbox


@click.command(help=__doc__)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--allow-remote", is_flag=True, help="Allow a host that other machines can reach.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8100,
    show_default=True,
    help="0: any free one.",
)
@click.option(
    "--seed",
    "seeds",
    multiple=True,
    help="`demo`, `small`, `plain`, `inference_lab`, or a TOML file. Repeat it: a Workspace each.",
)
@click.option("--plan", default="Unlimited", show_default=True, help="ClickUp plan to imitate.")
@click.option(
    "--rate-limit",
    type=click.IntRange(min=0),
    help="Calls per minute; 0: no limit. Default: the plan's.",
)
@click.option(
    "--state",
    "state_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep the state in this file. Default: in memory.",
)
@click.option(
    "--days-ago",
    type=click.IntRange(min=0),
    default=0,
    help="Its clock begins so many days ago, for `sandbox play`.",
)
@click.option("--strict", is_flag=True, help="Refuse keys that ClickUp's documents do not name.")
@click.option(
    "--intercept", is_flag=True, help="A proxy answers for api.clickup.com (extra `tls`)."
)
@options.as_json
def command(
    *,
    host: str,
    allow_remote: bool,
    port: int,
    seeds: tuple[str, ...],
    plan: str,
    rate_limit: int | None,
    state_file: Path | None,
    days_ago: int,
    strict: bool,
    intercept: bool,
    as_json: bool,
) -> int:
    from clickup_mlops.sandbox import serve

    def started(sandbox: "Sandbox") -> None:
        _show(sandbox, as_json)

    serve(
        host,
        port,
        on_start=started,
        allow_remote=allow_remote,
        seed=seeds or None,
        plan=plan,
        rate_limit=rate_limit,
        state_file=state_file,
        days_ago=days_ago,
        strict=strict,
        intercept=intercept,
    )
    return ExitCode.DONE


def _show(sandbox: "Sandbox", as_json: bool) -> None:
    if as_json:
        facts = {"url": sandbox.url, "token": sandbox.token, "workspace_id": sandbox.team_id}
        output.json_value({**facts, **_list_variables(sandbox)})
        return
    click.echo(f"ClickUp sandbox at {sandbox.url} (open it in a browser; Ctrl-C stops it)")
    click.echo("To run the bot against it, in another terminal:")
    click.echo(f"  export CLICKUP_MLOPS_CLICKUP__BASE_URL={sandbox.url}")
    click.echo("  export CLICKUP_MLOPS_AUTOMATIONS__MODE=on")
    click.echo(f"  export CLICKUP_MLOPS_CLICKUP__TOKEN={sandbox.token}")
    click.echo("  export CLICKUP_MLOPS_HOOKS__PUBLIC_URL=http://127.0.0.1:8080/hooks/clickup")
    click.echo(f"  {program()} serve")
    if variables := _list_variables(sandbox):
        click.echo("To have it answer for https://api.clickup.com, in any program:")
        for name, value in variables.items():
            click.echo(f"  export {name}={value}")


def _list_variables(sandbox: "Sandbox") -> Mapping[str, str]:
    return sandbox.interception.environ if sandbox.interception else {}
