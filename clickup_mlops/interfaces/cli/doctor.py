"""Diagnose an installed bot: token, role, limits, clocks, address, webhook, store, disk, jobs.

Each finding comes with a fix. Changes nothing. Exit codes: 0 no findings, 1 there is a problem,
2 there are only notes.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import findings as _findings
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.operations.findings import Finding


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, as_json: bool) -> int:
    bot = options.open_bot(config, "temporary", longest_pause_s=0.5)
    from clickup_mlops.operations.doctor import diagnose

    with bot:
        diagnosis = diagnose(bot, config)
        findings = [*(diagnosis if as_json else _findings.print_findings(diagnosis))]
    if as_json:
        output.json_value(
            {"checks": [asdict(finding) for finding in findings], "exit_code": int(_code(findings))}
        )
    return _code(findings)


def _code(findings: "list[Finding]") -> ExitCode:
    states = {finding.state for finding in findings}
    if "problem" in states:
        return ExitCode.ERROR
    return ExitCode.WORK_TO_DO if "note" in states else ExitCode.DONE
