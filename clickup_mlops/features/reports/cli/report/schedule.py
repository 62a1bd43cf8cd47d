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
                "report": one.run.name,
                "at_ms": one.run.at_ms,
                "period": one.run.period.name if one.run.period else None,
                "targets": one.places,
            }
            for one in coming
        ]
        output.json_value({"reports": plain})
    else:
        rows = [(one.run.name, _local(one), _about(one), "\n".join(one.places)) for one in coming]
        output.table(("report", "next", "period", "targets"), rows)
    return ExitCode.DONE


def _local(one: "Coming") -> str:
    if one.run.at_ms is None or one.run.period is None:
        return "after each"
    zone = one.run.period.zone
    at = datetime.fromtimestamp(one.run.at_ms / 1000, UTC).astimezone(ZoneInfo(zone))
    return f"{at:%a %Y-%m-%d %H:%M} {zone}"


def _about(one: "Coming") -> str:
    return one.run.period.name if one.run.period else one.every
