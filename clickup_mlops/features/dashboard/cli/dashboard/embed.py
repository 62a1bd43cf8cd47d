"""Print a link that shows VIEW to everybody who has it: for ClickUp's Embed view.

VIEW is a page (now), a page about one target (model/chat), or a saved view of the settings.
The link is read-only, shows nothing else, and works in frames of ClickUp alone. It shows private
Lists, too: the button on the dashboard makes one that is limited to what its creator sees.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.dashboard.view import View

RANGES = ("1h", "6h", "24h", "7d", "30d", "90d")


@click.command(help=__doc__)
@click.argument("view")
@click.option(
    "--for", "lasts", help="How long it works, such as 30d. Default: dashboard.embed_duration."
)
@click.option("--range", "range_", type=click.Choice(RANGES), help="How far back charts go.")
@click.option("--section", "sections", multiple=True, help="Only this section; several: these.")
@options.config
@options.as_json
def command(
    view: str,
    *,
    lasts: str | None,
    range_: str | None,
    sections: tuple[str, ...],
    config: Path | None,
    as_json: bool,
) -> int:
    import getpass

    from clickup_mlops.features.dashboard import grants
    from clickup_mlops.features.dashboard.address import dashboard_url
    from clickup_mlops.features.dashboard.cli.dashboard import _duration
    from clickup_mlops.features.dashboard.settings import DashboardSettings
    from clickup_mlops.features.dashboard.view import resolve
    from clickup_mlops.operations import opening

    settings = options.settings(config)
    dashboard, url = settings.table(DashboardSettings), dashboard_url(settings)
    resolved = resolve(dashboard.views, view, range_=range_ or "", sections=sections)
    if resolved.target:
        _check_target(config, resolved)
    default_ms = int(dashboard.embed_duration.total_seconds() * 1000)
    lasts_ms = _duration.parse("--for", lasts) if lasts else default_ms
    creator = grants.Person("", getpass.getuser(), "viewer")
    with opening.open_store(settings) as store:
        issued = grants.embed(store, str(resolved), creator, clock.now_ms(), lasts_ms)
    link, grant = f"{url}/embed/{issued.token}/", issued.grant
    if as_json:
        facts = {"url": link, "id": grant.id, "view": str(resolved), "expires_ms": grant.expires_ms}
        output.json_value(facts)
    else:
        click.echo(link)
        click.echo(f"Shows {resolved} until {output.when(grant.expires_ms)}. To end it:", err=True)
        click.echo(f"clickup-mlops dashboard revoke {grant.id}", err=True)
        if not url.startswith("https://"):
            click.echo("ClickUp embeds https addresses alone: set dashboard.public_url.", err=True)
    return ExitCode.DONE


def _check_target(config: Path | None, view: "View") -> None:
    from clickup_mlops.features.dashboard.view import check_target
    from clickup_mlops.ports.sections.history import open_data
    from clickup_mlops.store.access import EVERYTHING

    with options.open_bot(config) as bot:
        check_target(view, open_data(bot, EVERYTHING, bot.now_ms()))
