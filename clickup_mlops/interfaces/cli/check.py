"""Check configuration, token, workspace, plan, webhook, store, engine and automations.

Shows all problems at once, each with a fix. Changes nothing in ClickUp. Exits 1 if there is a
problem; notes are only worth knowing.
"""

from dataclasses import asdict
from pathlib import Path

import click

from clickup_mlops.ports.cli import findings as _findings
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, as_json: bool) -> int:
    bot = options.open_bot(config, "temporary", longest_pause_s=0.5)
    from clickup_mlops.operations.check import check

    with bot:
        findings = [*(check(bot) if as_json else _findings.print_findings(check(bot)))]
    problems = sum(finding.state == "problem" for finding in findings)
    if as_json:
        output.json_value({"checks": [asdict(entry) for entry in findings], "problems": problems})
    return ExitCode.ERROR if problems else ExitCode.DONE
