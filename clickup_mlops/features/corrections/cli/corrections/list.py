"""List decisions that people corrected: what the bot decided and why, and what they chose."""

from pathlib import Path
from typing import get_args

import click

from clickup_mlops.bot.ports import Subject
from clickup_mlops.features.corrections.tables.corrections import CorrectionLog
from clickup_mlops.operations import times
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

COLUMNS = ("when", "task", "name", "what", "bot", "person", "by", "why")
SUBJECTS = ("priority", "workload", "incident")


@click.command(help=__doc__)
@click.option("--since", default="7d", show_default=True, help=f"From then on: {times.EXAMPLES}.")
@click.option("--subject", type=click.Choice(SUBJECTS), help="Only these.")
@click.option("--report", is_flag=True, help="As the weekly report has it, in Markdown.")
@options.config
@options.as_json
def command(
    since: str, subject: str | None, report: bool, config: Path | None, as_json: bool
) -> int:
    from dataclasses import asdict

    from clickup_mlops.features.corrections import report as corrections_report

    subject_filter: Subject | None = next(
        (candidate for candidate in get_args(Subject) if candidate == subject), None
    )
    since_ms = times.moment("--since", since, clock.now_ms()) or 0
    with options.open_store(config) as store:
        rows = store.table(CorrectionLog).list(since_ms, subject=subject_filter)
    if as_json:
        output.json_value({"corrections": [asdict(row) for row in rows]})
    elif report or not rows:
        click.echo(corrections_report.report(rows))
    else:
        output.table(
            COLUMNS,
            [
                (
                    output.when(r.at_ms),
                    r.task_id,
                    r.title,
                    r.subject,
                    corrections_report.value(r.subject, r.decided),
                    corrections_report.value(r.subject, r.chosen),
                    r.user_name,
                    r.reason,
                )
                for r in reversed(rows)
            ],
        )
    return ExitCode.DONE
