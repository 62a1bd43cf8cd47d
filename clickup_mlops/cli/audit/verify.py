"""Verify the audit chain; name the first row that was changed, removed or moved.

Prints the anchor of the newest change (`NUMBER:HASH`). Kept outside the database, it detects rows
that were cut off at the end: give it as --anchor next time. --anchors FILE does both: the anchors
in the file must be in the record, and the new one is added. Exits 1 if something is wrong.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.spelling import counted

if TYPE_CHECKING:
    from clickup_mlops.store import Anchor
    from clickup_mlops.store.audit.chain import Verdict


@click.command(help=__doc__)
@click.option("--anchor", multiple=True, metavar="NUMBER:HASH", help="A change that must be there.")
@click.option(
    "--anchors", type=click.Path(path_type=Path, dir_okay=False), help="A file of anchors."
)
@click.option(
    "--file",
    "exported",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Verify this export instead of the store.",
)
@_options.config
@_options.as_json
def command(
    anchor: tuple[str, ...],
    anchors: Path | None,
    exported: Path | None,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.operations import audit

    kept = audit.anchors_in(anchors)
    wanted = [audit.anchor(text) for text in (*anchor, *kept)]
    verdict = _of_file(exported, wanted, config) if exported else _of_store(wanted, config)
    if as_json:
        _out.json_value(_plain(verdict))
    else:
        _say(verdict)
    if verdict.problem:
        return 1
    if anchors and str(verdict.head) not in kept:
        with anchors.open("a", encoding="utf-8") as file:
            file.write(f"{verdict.head}\n")
    return 0


def _of_store(wanted: "list[Anchor]", config: Path | None) -> "Verdict":
    with _options.open_store(config) as store:
        return store.audit.verify(wanted)


def _of_file(exported: Path, wanted: "list[Anchor]", config: Path | None) -> "Verdict":
    from clickup_mlops.operations import audit

    keys = _options.settings(config).audit.keyring
    return audit.verify_export(exported, keys, wanted)


def _plain(verdict: "Verdict") -> dict[str, object]:
    return {
        "intact": not verdict.problem,
        "checked": verdict.checked,
        "anchor": str(verdict.head),
        "signed_from": verdict.signed_from,
        "problem": verdict.problem,
        "change": verdict.seq,
    }


def _say(verdict: "Verdict") -> None:
    if verdict.problem:
        click.secho(f"Broken: {verdict.problem}.", fg="red")
        click.echo(f"{counted(verdict.checked, 'change')} before it as written.")
        return
    signed = verdict.signed_from
    how = f"signed from change {signed} on" if signed else "not signed: set audit.key"
    click.echo(f"Intact: {counted(verdict.checked, 'change')}, {how}.")
    click.echo(f"Anchor: {verdict.head}")
