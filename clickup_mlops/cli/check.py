"""Check configuration, token, workspace, plan, webhook, store, engine and automations.

Shows all problems at once, each with a fix. Changes nothing in ClickUp. Exits 1 if there is a
problem; notes are only worth knowing.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.spelling import counted

if TYPE_CHECKING:
    from clickup_mlops.operations.findings import Finding

MARKS = {
    "ok": ("ok", "green"),
    "note": ("note", "yellow"),
    "problem": ("FAIL", "red"),
    "skipped": ("skip", "bright_black"),
}


@click.command(help=__doc__)
@_options.config
@_options.as_json
def command(config: Path | None, as_json: bool) -> int:
    bot = _options.open_bot(config, "temporary", longest_pause_s=0.5)
    from clickup_mlops.operations.check import check

    findings = []
    with bot:
        for finding in check(bot):
            findings.append(finding)
            if not as_json:
                _show(finding)
    problems = sum(finding.state == "problem" for finding in findings)
    if as_json:
        _out.json_value({"checks": [asdict(one) for one in findings], "problems": problems})
    else:
        click.echo(f"{counted(problems, 'problem')}." if problems else "No problems.")
    return 1 if problems else 0


def _show(finding: "Finding") -> None:
    mark, colour = MARKS[finding.state]
    indent = "\n" + " " * 20
    click.echo(
        f"{click.style(f'{mark:4}', fg=colour)}  {finding.check:14}"
        f"{finding.text.replace(chr(10), indent)}"
    )
    if finding.hint:
        click.echo(f"{indent[1:]}{finding.hint}")
