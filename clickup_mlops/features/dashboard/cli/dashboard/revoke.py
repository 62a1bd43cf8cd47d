"""End sessions or links of the dashboard, by the ids that `dashboard list` shows. At once."""

from pathlib import Path

import click

from clickup_mlops.errors import InputError
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("ids", nargs=-1)
@click.option("--all", "all_grants", is_flag=True, help="All sessions and links.")
@options.config
@options.as_json
def command(ids: tuple[str, ...], all_grants: bool, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.dashboard import grants

    if bool(ids) == all_grants:
        raise InputError("name ids, or --all", hint="`clickup-mlops dashboard list` shows them.")
    now_ms = clock.now_ms()
    with options.open_store(config) as store:
        ids_to_revoke = [grant.id for grant in grants.holding(store, now_ms)] if all_grants else ids
        ended = grants.revoke(store, ids_to_revoke, now_ms)
    output.lines("revoked", ended, as_json, nothing="Nothing to revoke.")
    return ExitCode.DONE
