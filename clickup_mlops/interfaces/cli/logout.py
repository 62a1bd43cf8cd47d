"""Forget the token that `login` keeps on this machine.

In ClickUp it stays valid: a personal token ends there by Settings, Apps, Regenerate; an app's
access by Settings, Apps, Disconnect.
"""

import click

from clickup_mlops.kept_tokens import OFFICIAL
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.option("--base-url", default=OFFICIAL, show_default=True, help="Where the API is.")
def command(base_url: str) -> int:
    from clickup_mlops.operations import login

    token = login.forget(base_url)
    nobody = f"Nobody is signed in at {base_url}.{login.list_addresses()}"
    click.echo(f"Signed out {token.user}." if token else nobody)
    return ExitCode.DONE
