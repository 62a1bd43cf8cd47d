"""Show how often people agree with what the bot would do, by week and by List."""

from pathlib import Path

import click

from clickup_mlops.operations import times
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

_COLUMNS = ("week", "agreed", "answers", "share")


@click.command(help=__doc__)
@click.option("--since", default="12w", show_default=True, help=f"From then on: {times.EXAMPLES}.")
@click.option("--list", "list_id", help="Only this List, by its id; `live` shows the ids.")
@options.config
@options.as_json
def command(since: str, list_id: str | None, config: Path | None, *, as_json: bool) -> int:
    from clickup_mlops.features.shadow.agreement import by_week
    from clickup_mlops.features.shadow.tables.answers import Answers

    since_ms = times.moment("--since", since, clock.now_ms()) or 0
    with options.open_store(config) as store:
        answers = store.table(Answers).since(since_ms)
    weeks = by_week(answer for answer in answers if list_id in (None, answer.list_id))
    rows = [
        (week, share.agreed, share.answers, f"{share.share:.0%}") for week, share in weeks.items()
    ]
    if as_json:
        weekly = [dict(zip(_COLUMNS[:3], row[:3], strict=True)) for row in rows]
        output.json_value({"weeks": weekly})
    else:
        output.table(_COLUMNS, rows, nothing="Nobody has answered yet.", numbers=(1, 2, 3))
    return ExitCode.DONE
