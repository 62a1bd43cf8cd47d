"""Show whose token is used, where it comes from, and which Workspaces it sees."""

from pathlib import Path

import click

from clickup_mlops.errors import ConfigError
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, *, as_json: bool) -> int:
    from clickup_mlops.clickup.client import ClickUp
    from clickup_mlops.operations import login

    settings = options.settings(config)
    clickup, source = settings.clickup, login.find_source(settings)
    if not source:
        hint = f"`clickup-mlops login`.{login.list_addresses()}"
        raise ConfigError(f"nobody is signed in at {clickup.base_url}", hint=hint)
    token = clickup.token.get_secret_value()
    with ClickUp(token, base_url=clickup.base_url, oauth=clickup.oauth) as client:
        user, workspaces = client.authorization.user(), client.authorization.workspaces()
    facts = {
        "user": user.username,
        "email": user.email,
        "token": "OAuth" if clickup.oauth else "personal",
        "from": source,
        "api": clickup.base_url,
        "workspaces": [f"{workspace.name} ({workspace.id})" for workspace in workspaces],
    }
    if as_json:
        output.json_value(facts)
        return ExitCode.DONE
    for name, value in facts.items():
        click.echo(f"{name:<10}  {', '.join(value) if isinstance(value, list) else value}")
    return ExitCode.DONE
