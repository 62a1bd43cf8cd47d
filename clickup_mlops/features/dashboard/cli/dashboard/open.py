"""Print a link that lets one person into the dashboard, once, within ten minutes.

For people at this machine: it needs no account in ClickUp. An operator may also undo and replay.
"""

from pathlib import Path

import click

from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.option(
    "--role",
    type=click.Choice(["operator", "viewer"]),
    default="operator",
    show_default=True,
    help="What the person may do.",
)
@click.option("--name", help="Who it is, for the audit. Default: your name on this machine.")
@options.config
@options.as_json
def command(role: str, name: str | None, config: Path | None, as_json: bool) -> int:
    import getpass

    from clickup_mlops.features.dashboard import grants
    from clickup_mlops.features.dashboard.address import dashboard_url
    from clickup_mlops.operations import opening

    settings = options.settings(config)
    url = dashboard_url(settings)
    person = grants.Person("", name or getpass.getuser(), role)
    with opening.open_store(settings) as store:
        issued = grants.link(store, person, clock.now_ms())
    link = f"{url}/open/{issued.token}"
    if as_json:
        output.json_value(
            {"url": link, "id": issued.grant.id, "expires_ms": issued.grant.expires_ms}
        )
    else:
        click.echo(link)
        click.echo(f"Works once, until {output.when(issued.grant.expires_ms)}.", err=True)
    return ExitCode.DONE
