"""Read a tool, say where work waits, and propose what answers it. Changes nothing there.

KIND is `clickup`, `monday` (their APIs), or the tool whose exported FILEs are read; see `migrate
draft`. The folder of --out gets the report and a proposal: parameters for `provision plan`, choices
about automations, sources of metrics, and a mapping for `migrate plan`. A reading of ClickUp that
was interrupted goes on where it was.

No name is shown, and nothing about fewer than five people, without --names. Exits 2 if bottlenecks
were found.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from clickup_mlops.errors import ClickUpMlopsError, InputError
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.features.discovery.model import Reading
    from clickup_mlops.features.discovery.operations.discover import Discovered
    from clickup_mlops.features.migration.source import Selection

_FORMS: Final = ("markdown", "html", "json", "pdf")
_DAY_MS: Final = 86_400_000
_CHECKPOINT: Final = ".reading.jsonl"


@click.command(help=__doc__)
@click.argument("kind")
@click.argument(
    "paths", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path, dir_okay=False)
)
@click.option("--board", "boards", multiple=True, metavar="ID", help="Only this board; repeatable.")
@click.option("--archived", is_flag=True, help="Archived boards and items too.")
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=365,
    show_default=True,
    help="Of ClickUp: tasks that changed in so many days.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("discovery"),
    show_default=True,
    help="The folder to write.",
)
@click.option(
    "--format",
    "forms",
    multiple=True,
    type=click.Choice(_FORMS),
    default=_FORMS[:3],
    show_default=True,
    help="Formats of the report; repeatable.",
)
@click.option("--names", "with_names", is_flag=True, help="Show names, and groups under five.")
@options.config
@options.as_json
def command(
    *,
    kind: str,
    paths: tuple[Path, ...],
    boards: tuple[str, ...],
    archived: bool,
    days: int,
    out: Path,
    forms: tuple[str, ...],
    with_names: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.discovery import document, proposal
    from clickup_mlops.features.discovery.operations import discover as discovery
    from clickup_mlops.features.discovery.operations.survey import read_survey
    from clickup_mlops.features.migration.source import Selection

    selection = Selection(boards, "", paths, archived)
    with options.open_bot(config, "temporary", log_level="ERROR") as bot:
        reading = _read(bot, kind, selection, days, out)
        survey = read_survey(bot.store, bot.settings, bot.now_ms())
        discovered = discovery.discover(reading, with_names=with_names, survey=survey)
        if kind != "clickup":
            discovered = _with_mapping(bot, kind, selection, out, discovered)
    discovery.write(discovered, out, forms)
    if as_json:
        output.json_value(document.to_json(discovered.conclusions))
    else:
        _show(discovered)
        click.echo(f"The report and the proposal are in {out}. In {out / discovery.PROPOSAL}:")
        for line in proposal.commands(discovered.proposal):
            click.echo(f"  {line}")
    return ExitCode.WORK_TO_DO if discovered.conclusions.findings else ExitCode.DONE


def _read(bot: "Bot", kind: str, selection: "Selection", days: int, out: Path) -> "Reading":
    from clickup_mlops.features.discovery.operations import reading

    now_ms = clock.now_ms()
    if kind != reading.CLICKUP:
        return reading.read_tool(bot, kind, selection, now_ms)
    if selection.files or selection.boards:
        raise InputError("ClickUp is read through its API, all Lists at once")
    checkpoint = reading.FileCheckpoint(out / _CHECKPOINT)
    age_ms = checkpoint.age_ms(now_ms)
    if age_ms is not None:
        age = f"{age_ms / 3_600_000:.1f} hours"
        text = f"Goes on with a reading of {age} ago; without {checkpoint.path} it begins anew."
        click.echo(text, err=True)
    return reading.read_clickup(bot, now_ms - days * _DAY_MS, now_ms, checkpoint)


def _with_mapping(
    bot: "Bot", kind: str, selection: "Selection", out: Path, discovered: "Discovered"
) -> "Discovered":
    """With the mapping, unless ClickUp cannot be asked for its people."""
    from dataclasses import replace

    from clickup_mlops.features.discovery import proposal
    from clickup_mlops.features.discovery.operations import discover as discovery

    try:
        text = discovery.draft_mapping(bot, kind, selection, out, discovered)
    except ClickUpMlopsError as problem:
        click.secho(f"! {discovery.explain_missing_mapping(problem, kind)}", fg="yellow", err=True)
        return discovered
    return replace(discovered, proposal={**discovered.proposal, proposal.MAPPING: text})


def _show(discovered: "Discovered") -> None:
    from clickup_mlops.features.discovery import document

    conclusions = discovered.conclusions
    rows = [
        (
            finding.place,
            conclusions.titles[finding.kind].title,
            document.format_size(finding.estimate.value, finding),
            finding.tasks,
            finding.says,
        )
        for finding in conclusions.findings
    ]
    columns = ("where", "what", "how much", "tasks", "in words")
    output.table(columns, rows, nothing="No bottleneck was found.", numbers={3})
    counted = format_count(conclusions.tasks, "task")
    places = format_count(conclusions.places, "place")
    click.echo(f"{counted} in {places}; {format_count(conclusions.calls, 'call')}.")
    for unknown in conclusions.unknown:
        click.secho(f"? unknown: {unknown.title}. Would give it: {unknown.export}", fg="magenta")
    for problem in conclusions.problems:
        click.secho(f"! {problem}", fg="yellow", err=True)
