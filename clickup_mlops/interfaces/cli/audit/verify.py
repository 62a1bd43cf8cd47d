"""Verify the audit chain; name the first row that was changed, removed or moved.

Prints the anchor of the newest change (`NUMBER:HASH`, or, with audit.key, `NUMBER:HASH:KEY:HMAC`).
Kept outside the database, it detects a record that was shortened, made anew or replaced by an older
copy: give it as --anchor next time. --anchors FILE does both: the anchors in the file must be in
the record or removed by a signed cut, and the new one is added. Exits 1 if something is wrong.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.store import Anchor
    from clickup_mlops.store.audit.chain import Verdict


@click.command(help=__doc__)
@click.option("--anchor", multiple=True, metavar="ANCHOR", help="A change that must be there.")
@click.option(
    "--anchors", type=click.Path(path_type=Path, dir_okay=False), help="A file of anchors."
)
@click.option(
    "--file",
    "exported",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Verify this export instead of the store.",
)
@options.config
@options.as_json
def command(
    anchor: tuple[str, ...],
    anchors: Path | None,
    exported: Path | None,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.operations import audit

    recorded_anchors = audit.anchors_in(anchors)
    expected = [audit.anchor(text) for text in (*anchor, *recorded_anchors)]
    verdict = _of_file(exported, expected, config) if exported else _of_store(expected, config)
    if as_json:
        output.json_value(_plain(verdict))
    else:
        _say(verdict, len(expected))
    if verdict.problem:
        return ExitCode.ERROR
    if anchors and str(verdict.head) not in recorded_anchors:
        with anchors.open("a", encoding="utf-8") as file:
            file.write(f"{verdict.head}\n")
    return ExitCode.DONE


def _of_store(expected: "list[Anchor]", config: Path | None) -> "Verdict":
    with options.open_store(config) as store:
        return store.audit.verify(expected)


def _of_file(exported: Path, expected: "list[Anchor]", config: Path | None) -> "Verdict":
    from clickup_mlops.operations import audit

    keys = options.settings(config).audit.keyring
    return audit.verify_export(exported, keys, expected)


def _plain(verdict: "Verdict") -> dict[str, object]:
    return {
        "intact": not verdict.problem,
        "checked": verdict.checked,
        "anchor": str(verdict.head),
        "signed_from": verdict.signed_from,
        "keys": verdict.keys.as_json(),
        "problem": verdict.problem,
        "change": verdict.seq,
    }


def _say(verdict: "Verdict", anchors: int) -> None:
    if verdict.problem:
        click.secho(f"Broken: {verdict.problem}.", fg="red")
        click.echo(f"{format_count(verdict.checked, 'change')} before it as written.")
        return
    signed = verdict.signed_from
    how = f"signed from change {signed} on" if signed else "not signed: set audit.key"
    click.echo(f"Intact: {format_count(verdict.checked, 'change')}, {how}.")
    for seq, name in verdict.keys.keys[1:]:
        click.echo(f"Key {name} from change {seq} on.")
    for limit in _limits(verdict, anchors):
        click.echo(f"Not detected: {limit}.")
    click.echo(f"Anchor: {verdict.head}")


def _limits(verdict: "Verdict", anchors: int) -> Iterator[str]:
    if not verdict.signed_from:
        yield "changes by anybody who can write to the database"
    elif not anchors:
        yield "an older copy of the record, or one that was made anew: no anchor was given"
