"""Compare the workspace with its template, manual steps included.

Ticks off what was done since, and lists the rest with the clicks and a link for each. Automations
and dashboards are not in the API: confirm them with `--done NAME`, or tick them on the page that
`--page` writes. Exits 2 if `apply` has work, 3 while manual steps remain.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops import files
from clickup_mlops.errors import InputError, hint_about_file
from clickup_mlops.features.provisioning.cli.provision import _acting, _request
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.apply.verify import Verification
    from clickup_mlops.features.provisioning.manual.checklist import Checklist
    from clickup_mlops.features.provisioning.operations.request import Request


@click.command(help=__doc__)
@_request.options
@click.option(
    "--done",
    "confirmed",
    multiple=True,
    metavar="NAME",
    help="This automation or dashboard exists.",
)
@click.option(
    "--csv",
    "sheets",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the spreadsheets for ClickUp's importer into this folder; it is created.",
)
@click.option("--page", is_flag=True, help="Keep the list on a page with boxes, in the Space.")
@options.config
@options.as_json
def command(
    *,
    request: "Request",
    confirmed: tuple[str, ...],
    sheets: Path | None,
    page: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.provisioning.operations.verify import verify

    with _request.open_bot(config, "create" if page else "temporary") as bot:
        verified = verify(bot, request, _acting.silent(), confirmed, on_page=page)
    verification, todo = verified.verification, verified.todo
    if sheets is not None:
        write_sheets(todo, sheets)
    if as_json:
        output.json_value(_plain(verification, todo))
    else:
        _say(verification, todo, sheets)
    if verification.drift:
        return ExitCode.WORK_TO_DO
    return ExitCode.MANUAL_STEPS if verification.manual else ExitCode.DONE


def write_sheets(todo: "Checklist", folder: Path) -> None:
    """Write the files of the list. Raises InputError: the folder cannot be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        hint = hint_about_file(problem)
        raise InputError(f"{folder}: {problem.strerror or problem}", hint=hint) from None
    for name, text in todo.files.items():
        files.write(folder / name, text)


def _plain(verification: "Verification", todo: "Checklist") -> dict[str, object]:
    return {
        "done": verification.is_done,
        "ticked": [[list(part) for part in path] for path in verification.completed],
        "drift": [step.to_dict() for step in verification.drift],
        **todo.to_dict(),
    }


def _say(verification: "Verification", todo: "Checklist", folder: Path | None) -> None:
    from clickup_mlops.features.provisioning.tree import show

    for path in verification.completed:
        click.secho(f"✓ {show(path)}", fg="green")
    for line in todo.lines():
        click.echo(line)
    if todo.files and folder is None:
        click.echo(f"`--csv FOLDER` writes {', '.join(todo.files)}.")
    if verification.drift:
        differ = format_count(len(verification.drift), "object differs", "objects differ")
        click.echo(f"{differ}: `provision plan` shows them.")
    if verification.is_done:
        click.echo("Everything is up to date.")
