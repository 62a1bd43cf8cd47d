"""Say what is wrong in the fabric: one finding for each cause, the costliest first.

From what the bot has read in the last ten minutes. Each has its evidence, what suffers, the next
step with its command, how to undo it, and what would disprove it. Exits 2 if there is a finding.
"""

from dataclasses import asdict
from pathlib import Path

import click

from clickup_mlops.errors import ConfigError
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.option(
    "--unknown", is_flag=True, help="List what cannot be diagnosed, and what would decide."
)
@options.config
@options.as_json
def command(unknown: bool, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.network import operations
    from clickup_mlops.features.network.diagnosis import text
    from clickup_mlops.features.network.settings import NetworkSettings, must_be_configured

    try:
        must_be_configured(options.settings(config).table(NetworkSettings))
    except ConfigError as absence:  # something can be said without one, too
        click.echo(f"! {absence}: findings are few without it. {absence.hint}", err=True)
    with options.open_bot(config) as bot:
        fabric, problems = operations.read_fabric(bot.settings.table(NetworkSettings))
        stale = operations.stale_sources(bot.store)
        diagnosis = operations.find(bot.store, bot.workspace_id, fabric, bot.now_ms())
    if as_json:
        output.json_value(
            {
                "findings": [asdict(finding) for finding in diagnosis.findings],
                "unknown": [asdict(entry) for entry in diagnosis.unknown],
                "problems": problems,
                "stale": stale,
            }
        )
    else:
        blocks = [text.block(finding) for finding in diagnosis.findings]
        click.echo("\n\n".join(blocks) or "No finding.")
        for line in text.unknown(diagnosis.unknown) if unknown else ():
            click.echo(line)
    for problem in problems:
        click.echo(problem, err=True)
    for problem in stale:
        click.echo(f"The bot that runs: {problem}", err=True)
    return ExitCode.WORK_TO_DO if diagnosis.findings else ExitCode.DONE
