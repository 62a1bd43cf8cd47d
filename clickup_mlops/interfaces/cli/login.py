"""Sign in to ClickUp, and keep the token for all commands of this user.

With --token a personal token is read from standard input or asked for; it is never an argument.
Otherwise by OAuth: the browser opens ClickUp's page, and comes back to http://127.0.0.1:8765/callback
on this machine, which must be a redirect URL of the OAuth app (Settings, Apps, Create new app). Its
id is --client-id; its secret is read from CLICKUP_MLOPS_CLIENT_SECRET, or asked for.

The token is kept in the system's keyring if the library `keyring` finds one, else in a file that
only you can read. A token in the environment, the secrets folder or the settings file takes
precedence.
"""

import os
import sys
import webbrowser
from urllib.parse import urlsplit

import click

from clickup_mlops.errors import InputError
from clickup_mlops.kept_tokens import OFFICIAL
from clickup_mlops.ports.cli.exit_codes import ExitCode

_SECRET = "CLICKUP_MLOPS_CLIENT_SECRET"  # noqa: S105 - a variable's name


@click.command(help=__doc__)
@click.option("--token", "by_token", is_flag=True, help="A personal token, from standard input.")
@click.option("--client-id", help="Client id of the OAuth app in ClickUp.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8765, show_default=True)
@click.option("--base-url", default=OFFICIAL, show_default=True, help="Where the API is.")
@click.option("--no-browser", is_flag=True, help="Only print the address to open.")
@click.option("--wait", default=300.0, show_default=True, help="Seconds until it gives up.")
def command(
    *,
    by_token: bool,
    client_id: str | None,
    port: int,
    base_url: str,
    no_browser: bool,
    wait: float,
) -> int:
    from clickup_mlops.operations import login

    if by_token or not client_id:
        token, oauth = _read_token(by_token), False
    else:
        token, oauth = _by_oauth(client_id, port, base_url, wait, opens=not no_browser), True
    user = login.ask_user(token, oauth=oauth, base_url=base_url)
    place = login.keep(token, oauth=oauth, base_url=base_url, user=user.username)
    click.echo(f"Signed in as {user.username} <{user.email}>. The token is kept in {place}.")
    return ExitCode.DONE


def _read_token(by_token: bool) -> str:
    if not sys.stdin.isatty():
        text = sys.stdin.readline().strip() if by_token else ""
        if not text:
            raise InputError("there is no token", hint="Pipe it to `login --token`.")
        return text
    click.echo("A personal token: in ClickUp, your picture, Settings, Apps, API Token, Generate.")
    return str(click.prompt("ClickUp token (hidden)", hide_input=True)).strip()


def _by_oauth(client_id: str, port: int, base_url: str, wait_s: float, *, opens: bool) -> str:
    from clickup_mlops.clickup.client.resources.authorization import (
        build_consent_url,
        exchange_code,
    )
    from clickup_mlops.interfaces.cli._loopback import Loopback

    secret = os.environ.get(_SECRET) or _ask_secret()
    with Loopback(port) as loopback:
        url = build_consent_url(client_id, loopback.redirect_uri, loopback.state)
        if base_url != OFFICIAL:  # a sandbox has its own consent page
            url = f"{base_url.rstrip('/')}/api?{urlsplit(url).query}"
        click.echo(f"Open this page and allow the access:\n  {url}")
        if opens:
            webbrowser.open(url)
        code = loopback.wait(wait_s)
    return exchange_code(client_id, secret, code, base_url=base_url)


def _ask_secret() -> str:
    if not sys.stdin.isatty():
        raise InputError("the app's secret is missing", hint=f"Set {_SECRET}.")
    return str(click.prompt("Client secret (hidden)", hide_input=True)).strip()
