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
        held = [one for one in grants.holding(store, clock.now_ms()) if kind in (None, one.kind)]
    operators = settings.table(DashboardSettings).operators
    found = [replace(one, role=grants.role(one, operators)) for one in held]
    if as_json:
        # Without the digest: it opens nothing, and nobody needs it.
        names = ("id", "kind", "user_id", "user_name", "role", "view", "made_ms", "expires_ms")
        output.json_value({"grants": [{n: getattr(one, n) for n in names} for one in found]})
    elif not found:
        click.echo("Nobody is signed in, and no link works.")
    else:
        times = [(output.when(one.made_ms), output.when(one.expires_ms)) for one in found]
        rows = [
            (one.id, one.kind, one.user_name, one.user_id, one.role, one.view, *when)
            for one, when in zip(found, times, strict=True)
        ]
        output.table(COLUMNS, rows)
    return ExitCode.DONE
