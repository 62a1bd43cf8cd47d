"""List who may look at the dashboard: sessions, one-time links and embedded views."""

from dataclasses import replace
from pathlib import Path

import click

from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

COLUMNS = ("id", "kind", "who", "user", "role", "view", "made", "until")


@click.command(help=__doc__)
@click.option("--kind", type=click.Choice(["session", "link", "embed"]), help="Only these.")
@options.config
@options.as_json
def command(kind: str | None, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.dashboard import grants
    from clickup_mlops.features.dashboard.settings import DashboardSettings
    from clickup_mlops.operations import opening

    settings = options.settings(config)
    with opening.open_store(settings) as store:
        held = [
            grant for grant in grants.holding(store, clock.now_ms()) if kind in (None, grant.kind)
        ]
    operators = settings.table(DashboardSettings).operators
    current = [replace(grant, role=grants.role(grant, operators)) for grant in held]
    if as_json:
        # Without the digest: it opens nothing, and nobody needs it.
        names = ("id", "kind", "user_id", "user_name", "role", "view", "made_ms", "expires_ms")
        output.json_value({"grants": [{n: getattr(grant, n) for n in names} for grant in current]})
    elif not current:
        click.echo("Nobody is signed in, and no link works.")
    else:
        times = [(output.when(grant.made_ms), output.when(grant.expires_ms)) for grant in current]
        rows = [
            (grant.id, grant.kind, grant.user_name, grant.user_id, grant.role, grant.view, *when)
            for grant, when in zip(current, times, strict=True)
        ]
        output.table(COLUMNS, rows)
    return ExitCode.DONE
