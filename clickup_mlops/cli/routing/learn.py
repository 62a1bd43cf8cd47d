"""Teach the classifier what people know better.

Takes the tasks whose kind of work somebody has said in the workload field or by a tag, as the bot
last saw them, and the lines of FILE, if given: JSON with `title`, `body` and `workload`. What was
learned is kept in `classifier.learned`, with earlier corrections; --anew forgets those. The bot
uses it from its next start on. A line that cannot be used is reported, the others are learned, and
the exit code is 1.
"""

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from clickup_mlops.cli import _clock, _options, _out

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.routing.classifier.learn import Correction

SAID_BY_PEOPLE = ("field", "tag")


@click.command(help=__doc__)
@click.argument("file", required=False, type=click.File("rb"))
@click.option("--anew", is_flag=True, help="Forget earlier corrections.")
@_options.config
@_options.as_json
def command(file: BinaryIO | None, anew: bool, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.bot.handling.context import learned
    from clickup_mlops.routing.classifier.learn import fit_files
    from clickup_mlops.routing.classifier.model import MODEL, load_file

    with _options.open_bot(config) as bot:
        own = bot.settings.classifier
        given, wrong = _from_file(file) if file else ([], [])
        new = _from_tasks(bot) + given
    for problem in wrong:
        click.echo(f"Error: {problem}", err=True)
    if wrong and not new:
        return 1
    old = [] if anew else learned.rows(learned.read(own.learned))
    corrections = learned.merged(old, new)
    model, _ = load_file(MODEL)
    if own.corpus:
        model = fit_files(model, own.corpus)
    learned.write(own.learned, corrections, model)
    if as_json:
        _out.json_value(
            {"file": str(own.learned), "corrections": len(corrections), "given": len(new)}
        )
    else:
        click.echo(
            f"{len(corrections)} correction(s) in {own.learned}, {len(new)} of them given now."
        )
    return 1 if wrong else 0


def _from_tasks(bot: "Bot") -> "list[Correction]":
    from clickup_mlops.clickup.model import Task

    now, found = _clock.now_ms(), []
    for row in bot.store.mirror.all_open():
        task = Task.parse(row.raw)
        decision = bot.context.router.route(
            task, bot.context.routing_context.of(task, "", now), now
        )
        if decision.source in SAID_BY_PEOPLE and task.name.strip():
            found.append((task.name, task.text, str(decision.workload)))
    return found


def _from_file(file: BinaryIO) -> "tuple[list[Correction], list[str]]":
    """The corrections, and what is wrong with the other lines."""
    from clickup_mlops.routing.classifier.lines import BadLine, read_lines

    found, wrong = [], []
    for line in read_lines(file, with_id=False):
        if isinstance(line, BadLine):
            wrong.append(f"{file.name}, {line}")
        elif line.workload is None:
            wrong.append(f"{file.name}: the line with title {line.title!r} has no workload")
        elif not line.title.strip():
            wrong.append(f"{file.name}: a line of {line.workload} has an empty title")
        else:
            found.append((line.title, line.body, line.workload))
    return found, wrong
