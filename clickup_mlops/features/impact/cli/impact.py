"""Compare the time since a change with the time before. Makes no API calls to ClickUp.

SINCE is the day of the change, such as 2026-06-01. The baseline is the period before, from the
bot's own store, or the old tool's export: `--baseline jira issues.json`. Hours that the store does
not have, such as those before the bot, come from the Prometheus of `[metrics.sources]`, and
friction from two rounds of the survey. Medians with 95% intervals; like is compared with like. A
change whose interval includes 0 is none.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.impact.operations.measuring import Impact


@click.command(help=__doc__)
@click.argument("since")
@click.option(
    "--days",
    type=click.IntRange(7, 3650),
    default=90,
    show_default=True,
    help="Length of the period before.",
)
@click.option(
    "--baseline",
    nargs=2,
    type=(str, click.Path(path_type=Path, dir_okay=False)),
    metavar="KIND FILE",
    help="The old tool's export instead of a period; KIND as for `migrate draft`.",
)
@click.option(
    "--survey",
    nargs=2,
    type=click.Path(path_type=Path),
    metavar="BEFORE NOW",
    help="Two rounds of the survey: files of answers, or folders of them, one file a role.",
)
@options.config
@options.as_json
def command(
    *,
    since: str,
    days: int,
    baseline: tuple[str, Path] | None,
    survey: tuple[Path, Path] | None,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.impact import document

    impact = _measure(since, days, baseline, survey, config)
    if as_json:
        output.json_value(document.to_json(impact))
    else:
        _show(impact)
    return ExitCode.DONE


def _measure(
    since: str,
    days: int,
    baseline: tuple[str, Path] | None,
    survey: tuple[Path, Path] | None,
    config: Path | None,
) -> "Impact":
    from clickup_mlops.features.discovery.operations.reading import read_tool
    from clickup_mlops.features.impact.evidence import of_reading
    from clickup_mlops.features.impact.operations import measuring
    from clickup_mlops.features.impact.periods import DAY_MS, around
    from clickup_mlops.features.migration.source import Selection

    before, now = around(since, days, clock.now_ms())
    with options.open_bot(config) as bot:
        beside = measuring.find_beside(bot.settings, survey)
        if baseline is None:
            return measuring.measure_periods(bot.store, bot.workspace_id, before, now, beside)
        kind, file = baseline
        reading = read_tool(bot, kind, Selection(files=(file,)), now.start_ms)
        export = of_reading(reading, now.start_ms - days * DAY_MS)
        return measuring.measure_against_export(
            bot.store, bot.workspace_id, export, kind, now, beside=beside
        )


def _show(impact: "Impact") -> None:
    from clickup_mlops.features.impact import document
    from clickup_mlops.views.cells import format_cell
    from clickup_mlops.views.model import Table

    section = document.build_section(impact)
    for sentence in document.build_sentences(impact):
        click.echo(sentence)
    click.echo()
    table = next(block for block in section.blocks if isinstance(block, Table))
    rows = [[format_cell(cell) for cell in row] for row in table.rows]
    output.table([column.title.lower() for column in table.columns], rows, title=table.title)
    for text in (*document.list_coinciding(impact), *impact.problems):
        click.secho(f"! {text}", fg="yellow")
