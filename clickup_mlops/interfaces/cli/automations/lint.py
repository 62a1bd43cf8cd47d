"""Find automations that cannot work, alone or together.

Finds automations that never fire, unknown names, and automations that are shadowed, contradict or
trigger each other: all, or only what concerns the NAMEs, which may be off. Evaluates them in their
examples and in what the bot has recorded. Makes no API calls.

Exits 1 if there is an error, 2 if there are only warnings.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count
from clickup_mlops.store.database.missing_database import NoStore

if TYPE_CHECKING:
    from clickup_mlops.operations.automations.lint import Linted
    from clickup_mlops.store import Store


@click.command(help=__doc__)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@options.config
@options.as_json
def command(names: tuple[str, ...], config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations.automations.lint import lint

    with options.open_bot(config) as bot, _store(config) as store:
        result = lint(bot, store, names)
    if as_json:
        facts = {"automations": result.automations, "recorded": result.recorded}
        remarks = [asdict(remark) for remark in result.remarks]
        output.json_value({**facts, "store": result.stored, "remarks": remarks})
    else:
        _say(result)
    weights = {remark.weight for remark in result.remarks}
    if "error" in weights:
        return ExitCode.ERROR
    return ExitCode.WORK_TO_DO if "warning" in weights else ExitCode.DONE


@contextmanager
def _store(config: Path | None) -> "Iterator[Store | None]":
    """The bot's store; None if there is none yet."""
    try:
        opened = options.open_store(config)
    except NoStore:
        yield None
        return
    with opened as store:
        yield store


def _say(result: "Linted") -> None:
    from clickup_mlops.automations.lint.model import WEIGHTS

    for remark in result.remarks:
        click.echo(remark.describe())
        click.echo(f"    {remark.hint}")
    counts = [
        format_count(sum(remark.weight == weight for remark in result.remarks), weight)
        for weight in WEIGHTS
    ]
    click.echo(
        f"{format_count(result.automations, 'automation')}, evaluated in their examples and in "
        f"{format_count(result.recorded, 'recorded situation')}: {', '.join(counts)}"
    )
    if not result.stored:
        click.echo("There is no store yet: names of Lists, fields and people were not checked.")
