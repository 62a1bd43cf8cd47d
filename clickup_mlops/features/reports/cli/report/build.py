"""Build a report of KIND: daily, weekly, monthly, milestone or incident. Makes no API calls.

It is built from the store alone: the same period from the same store gives the same bytes. A number
that too few values stand behind is `not enough data`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from clickup_mlops import files
from clickup_mlops.errors import InputError
from clickup_mlops.ports.cli import clock, options
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.reports.operations.building import Rendered
    from clickup_mlops.ports.sections.model import Every

KINDS = ("daily", "weekly", "monthly", "milestone", "incident")
FORMATS = {"markdown": ".md", "html": ".html", "json": ".json", "pdf": ".pdf"}


@click.command(help=__doc__)
@click.argument("kind", type=click.Choice(KINDS))
@click.option(
    "--period",
    default="",
    help="2026-11-27, 2026-W48 or 2026-11; the task of a milestone or incident. "
    "Default: the newest period that is over.",
)
@click.option("--zone", default="UTC", show_default=True, help="Time zone, such as Europe/Madrid.")
@click.option("--section", "sections", multiple=True, help="Only this section; may be repeated.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMATS]),
    help="Default: by the file's suffix, else markdown.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write. Default: standard output.",
)
@options.config
def command(
    kind: str,
    *,
    period: str,
    zone: str,
    sections: tuple[str, ...],
    form: str | None,
    output: Path | None,
    config: Path | None,
) -> int:
    from clickup_mlops.features.reports.operations import building as reports

    form = form or _form_of(output)
    if form == "pdf" and output is None:
        raise InputError("a PDF is written to a file", hint="Add --output report.pdf.")
    request = reports.ReportRequest(_every(kind), options.task_id(period), zone, sections)
    with options.open_bot(config) as bot:
        report = reports.build(
            bot.store, bot.workspace_id, request, clock.now_ms(), settings=bot.settings
        )
    _write(reports.formats()[form](report), output)
    return ExitCode.DONE


def _every(kind: str) -> "Every":
    from clickup_mlops.ports.sections.model import Every

    every: Every = next(name for name in get_args(Every) if name == kind)
    return every


def _form_of(output: Path | None) -> str:
    """The format that the file's suffix means."""
    if output is None:
        return "markdown"
    named_form = {suffix: form for form, suffix in FORMATS.items()}.get(output.suffix.lower())
    if named_form is None:
        raise InputError(
            f"{output}: no format has this suffix",
            hint=f"Use {', '.join(FORMATS.values())}, or --format.",
        )
    return named_form


def _write(rendered: "Rendered", output: Path | None) -> None:
    if output is None:
        click.echo(rendered, nl=False)
        return
    files.write(output, rendered)
    click.echo(f"The report is in {output}.", err=True)
