"""Print what people chose about automations on the dashboard, as TOML for the settings file.

It takes precedence over the settings file. `undo` reverts a choice.
"""

from pathlib import Path

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, *, as_json: bool) -> int:
    from clickup_mlops import toml
    from clickup_mlops.features.choices.tables.automation_choices import AutomationChoices

    with options.open_store(config) as store:
        choices = dict(store.table(AutomationChoices).all())
    if as_json:
        output.json_value({"automations": choices})
    elif choices:
        click.echo(toml.dumps({"automations": {"by_name": choices}}), nl=False)
    else:
        click.echo("# Nothing was chosen.")
    return ExitCode.DONE
