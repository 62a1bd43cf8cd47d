"""List when each report is sent next, about which period, and where it goes.

Reports of milestones and incidents have no time: each is sent when one has ended.
Times are shown in the time zone of the report.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.reports.operations.sending import Coming


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.reports.operations import sending

    with options.open_bot(config, "temporary") as bot:
        coming = sending.schedule(bot)
    if as_json:
        plain = [
            {
                "report": report.run.name,
                "at_ms": report.run.at_ms,
                "period": report.run.period.name if report.run.period else None,
                "targets": report.places,
            }
            for report in coming
        ]
        output.json_value({"reports": plain})
    else:
        rows = [
            (report.run.name, _local(report), _about(report), "\n".join(report.places))
            for report in coming
        ]
        output.table(("report", "next", "period", "targets"), rows)
    return ExitCode.DONE


def _local(report: "Coming") -> str:
    if report.run.at_ms is None or report.run.period is None:
        return "after each"
    zone = report.run.period.zone
    at = datetime.fromtimestamp(report.run.at_ms / 1000, UTC).astimezone(ZoneInfo(zone))
    return f"{at:%a %Y-%m-%d %H:%M} {zone}"


def _about(report: "Coming") -> str:
    return report.run.period.name if report.run.period else report.every
