"""Read boards and write a mapping file, to be reviewed. Changes nothing in ClickUp.

KIND is the source: `monday` (its API), or the tool whose exported FILEs are read. The mapping says
what becomes of each board, group, column and person, and what is lost; its comments explain why.
People are found in ClickUp by their e-mail addresses.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.errors import InputError
from clickup_mlops.features.migration.cli.migrate import _options
from clickup_mlops.features.migration.cli.migrate._kinds import WithKinds
from clickup_mlops.files import write
from clickup_mlops.ports.cli import output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.features.migration.mapping.model import BoardTable, Groups
    from clickup_mlops.features.migration.operations.draft import Drafted


@click.command(cls=WithKinds, help=__doc__)
@click.argument("kind")
@click.argument(
    "files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path, dir_okay=False)
)
@click.option("--board", "boards", multiple=True, metavar="ID", help="Only this board; repeatable.")
@click.option("--workspace", default="", metavar="NAME", help="The boards of this workspace.")
@click.option("--archived", is_flag=True, help="Archived boards and items too.")
@click.option(
    "--groups",
    type=click.Choice(["lists", "field", "status", "none"]),
    help="What becomes of groups. Default: what suits each board.",
)
@click.option("--space", default="", metavar="NAME", help="The Space for all boards.")
@click.option(
    "--columns",
    type=click.Path(path_type=Path, dir_okay=False),
    help="For CSV: the file that says what the columns are.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Write the mapping here. Its name is the migration's name.",
)
@click.option("--force", is_flag=True, help="Replace the file of --out.")
@_options.config
@_options.as_json
def command(
    *,
    kind: str,
    files: tuple[Path, ...],
    boards: tuple[str, ...],
    workspace: str,
    archived: bool,
    groups: "Groups | None",
    space: str,
    columns: Path | None,
    out: Path,
    force: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.migration.operations.draft import DraftRequest, draft
    from clickup_mlops.features.migration.source import Selection

    if out.exists() and not force:
        raise InputError(f"{out} exists", hint="Choose another name, or replace it with --force.")
    selection = Selection(boards, workspace, files, archived, columns)
    with _options.open_bot(config, "temporary") as bot:
        drafted = draft(bot, DraftRequest(kind, selection, out, space, groups))
    write(out, drafted.text)
    if as_json:
        output.json_value(_plain(drafted, out))
    else:
        _say(drafted, out)
    return ExitCode.DONE


def _say(drafted: "Drafted", out: Path) -> None:
    mapping = drafted.draft.mapping
    rows = [
        (board_id, board.name, _place(board), board.groups, *_counts(board), board.place.template)
        for board_id, board in mapping.boards.items()
    ]
    output.table(("board", "name", "goes to", "groups", *_KINDS, "template"), rows)
    teams = sum(bool(person_table.members) for person_table in mapping.people.values())
    people = len(mapping.people) - teams
    matched = people - len(drafted.draft.unmatched)
    click.echo(
        f"{format_count(people, 'person', 'people')}, {matched} found in ClickUp; "
        f"{format_count(teams, 'team')}."
    )
    for person in drafted.draft.unmatched:
        click.secho(f"! {person.name} {person.email}: nobody in ClickUp", fg="magenta")
    for title, because in _left_out(drafted):
        click.secho(f"! {title}: {because}", fg="magenta")
    for problem in drafted.problems:
        click.secho(f"! {problem}", fg="yellow", err=True)
    click.echo(f"Review {out}, then: clickup-mlops migrate plan {out}")


_KINDS = ("kept", "as text", "left out")


def _counts(board: "BoardTable") -> tuple[int, int, int]:
    """Columns that keep their values, those that become text, and those that are left out."""
    slots = [column.to for column in (*board.columns.values(), *board.subitem_columns.values())]
    text, nothing = slots.count("description"), slots.count("none")
    return len(slots) - text - nothing, text, nothing


def _place(board: "BoardTable") -> str:
    place = board.place
    return " / ".join(filter(None, (place.space, place.folder, place.list)))


def _left_out(drafted: "Drafted") -> list[tuple[str, str]]:
    return [
        (f"{board.name}, {column.title}", column.because)
        for board in drafted.draft.mapping.boards.values()
        for column in (*board.columns.values(), *board.subitem_columns.values())
        if column.to == "none"
    ]


def _plain(drafted: "Drafted", out: Path) -> dict[str, object]:
    mapping = drafted.draft.mapping
    boards = [
        {
            "id": board_id,
            "name": board.name,
            "place": board.place.model_dump(),
            "groups": board.groups,
            "columns": dict(zip(_KINDS, _counts(board), strict=True)),
        }
        for board_id, board in mapping.boards.items()
    ]
    unmatched = [
        {"id": person.id, "name": person.name, "email": person.email}
        for person in drafted.draft.unmatched
    ]
    return {
        "file": str(out),
        "boards": boards,
        "people": len(mapping.people),
        "unmatched": unmatched,
        "left_out": [{"column": title, "because": why} for title, why in _left_out(drafted)],
        "problems": list(drafted.problems),
        "calls": drafted.calls,
    }
