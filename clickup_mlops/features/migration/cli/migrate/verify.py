"""Compare the source with ClickUp, field by field. Changes nothing.

Exits 1 if anything differs, else 2 if the source has something that the mapping does not name.

Both sides are read afresh, and a task is found by the field that holds the item's id: nothing that
`run` noted is used. What the mapping leaves out, and the losses that `plan` lists, are no
differences. The result is kept for `migrate report`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.errors import InputError
from clickup_mlops.features.migration.cli.migrate import _options, _progress
from clickup_mlops.ports.cli import output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.features.migration.verify.verify import Verified

SHOWN = 50


@click.command(help=__doc__)
@_options.mapping_file
@click.option("--quick", is_flag=True, help="Without comments, files and time entries.")
@_options.read_again
@click.option("--content", is_flag=True, help="Read every file on both sides, and compare them.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=SHOWN,
    show_default=True,
    metavar="N",
    help="Show at most so many differences; all are counted.",
)
@_options.config
@_options.as_json
def command(
    *,
    file: Path,
    quick: bool,
    read_again: bool,
    content: bool,
    limit: int,
    config: Path | None,
    as_json: bool,
) -> int:
    if quick and content:
        raise InputError("Give --quick or --content, not both")
    from clickup_mlops.features.migration.operations.content import open_attachment
    from clickup_mlops.features.migration.operations.verify import verify
    from clickup_mlops.features.migration.verify.verify import Options

    options = Options(quick, open_attachment if content else None)
    with _options.open_bot(config, "temporary") as bot, _progress.counts() as progress:
        began_ms = bot.now_ms()
        result = verify(bot, file, options, progress, read_again=read_again)
    if as_json:
        output.json_value(_plain(result, limit))
    else:
        if result.began_ms < began_ms:
            _options.say_age(result.began_ms, began_ms)
        _say(result, limit)
    if not result.is_clean:
        return ExitCode.ERROR
    return ExitCode.WORK_TO_DO if result.gaps else ExitCode.DONE


def _plain(result: "Verified", limit: int) -> dict[str, object]:
    from clickup_mlops.features.migration.verification_summary import to_json

    summary = to_json(result.summary)
    return {
        **summary,
        "differences": summary["differences"][:limit],
        "clean": result.is_clean,
        "problems": list(result.problems),
        "notes": list(result.notes),
        "not_mapped": list(result.gaps),
        "calls": {"clickup": result.calls, "source": result.source_calls},
    }


def _say(result: "Verified", limit: int) -> None:
    summary = result.summary
    different, missing, extra = summary.counts
    differences = summary.differences[:limit]
    if differences:
        rows = (
            (
                difference.name,
                difference.field,
                difference.source,
                difference.target,
                difference.url,
            )
            for difference in differences
        )
        output.table(("ITEM", "FIELD", "SOURCE", "CLICKUP", "TASK"), rows)
    if different > len(differences):
        click.echo(f"… and {format_count(different - len(differences), 'more difference')}.")
    _listed("Without a task", [*map(summary.named, summary.missing[:limit])], missing)
    stray = [*map(summary.named, summary.extra[:limit])]
    _listed("Tasks of items that the source does not have", stray, extra)
    for note in result.notes[:limit]:
        click.echo(f"Not read from the source: {note}")
    for problem in result.problems:
        click.secho(f"! {problem}", fg="yellow")
    for gap in result.gaps:
        click.secho(f"! Not in the mapping: {gap}", fg="yellow")
    click.echo(
        f"{format_count(summary.compared, 'item')} compared, {summary.equal:,} equal, "
        f"{format_count(different, 'difference')}, "
        f"{missing:,} missing, {extra:,} extra. "
        f"{format_count(result.calls, 'call')} to ClickUp, {result.source_calls:,} to the source."
    )


def _listed(title: str, names: list[str], count: int) -> None:
    if count:
        more = f" and {count - len(names):,} more" if count > len(names) else ""
        click.echo(f"{title}: {', '.join(names)}{more}")
