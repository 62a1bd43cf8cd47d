"""List the open tasks that would get another priority under another policy.

Judges the tasks that the bot knows twice: by the policy in the settings, and by that of --set and
--policy. Asks ClickUp nothing and writes nothing. Exits 2 if a task would move, 0 if none would.
Each List's share of Urgent is handed out in order: what people hold, live incidents, what is Urgent
now, then the oldest.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.errors import ConfigError, InputError

if TYPE_CHECKING:
    from clickup_mlops.clickup.model import Task
    from clickup_mlops.routing.policy import Policy
    from clickup_mlops.routing.what_if import Move

WORK = 2
MOST_SHOWN = 500
_SOURCE = re.compile(r"^.*?: (?=routing)", re.MULTILINE)
_COLUMNS = ("task", "title", "list", "now", "would be", "decided by", "because")


@click.command(help=__doc__)
@click.option(
    "--set",
    "assignments",
    metavar="KEY=VALUE",
    multiple=True,
    help="A key of the policy and its value: routing.urgent_cap.share=0.1. Repeatable.",
)
@click.option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings file whose [routing] is tried.",
)
@click.option("--list", "place", default="", help="Only this List, by name or id.")
@_options.config
@_options.as_json
def command(
    assignments: tuple[str, ...],
    policy: Path | None,
    place: str,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.bot.simulation import what_if
    from clickup_mlops.cli._clock import now_ms

    if not assignments and policy is None:
        raise InputError(
            "Nothing to try is given", hint="For example: --set routing.urgent_cap.share=0.1"
        )
    now = _options.settings(config).routing
    then = _tried(policy or config, what_if.settings_of(assignments))
    question = what_if.Question(now, then, place)
    with _options.open_bot(config) as bot, _options.open_store(config) as store:
        judged, found = what_if.ask(store, bot.classifier, question, now_ms(), watch=_watched)
    if as_json:
        _out.json_value(_plain(judged, found))
    else:
        _say(judged, found)
    return WORK if found else 0


def _tried(file: Path | None, given: dict[str, Any]) -> "Policy":
    """The policy of a settings file with these changes."""
    from clickup_mlops import config as files
    from clickup_mlops.bot.settings import Settings

    files.load(Settings, file)  # what is wrong in the file itself is told as such
    try:
        return files.load(Settings, file, **given).routing
    except ConfigError as problem:
        text = _SOURCE.sub("--set ", str(problem))
        raise ConfigError(text, hint="docs/reference/configuration.md has every key.") from None


def _watched(tasks: "Sequence[Task]") -> "Iterable[Task]":
    """With a bar on a terminal's standard error."""
    from rich.progress import track

    return track(
        tasks,
        description="Judging",
        console=_out.console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def _plain(judged: int, found: "list[Move]") -> dict[str, Any]:
    from clickup_mlops.bot.simulation.what_if import facts

    counts = [
        {"now": now, "would_be": then, "tasks": count} for (now, then), count in _counted(found)
    ]
    return {"judged": judged, "counts": counts, "moves": [facts(one) for one in found]}


def _say(judged: int, found: "list[Move]") -> None:
    from clickup_mlops.routing.decision import title

    if found:
        _out.table(_COLUMNS, map(_row, found[:MOST_SHOWN]))
    if len(found) > MOST_SHOWN:
        click.echo(f"and {len(found) - MOST_SHOWN:,} more: --json lists all")
    for (now, then), count in _counted(found):
        click.echo(f"{count:>6,}  {title(now)} -> {title(then)}")
    click.echo(f"{len(found):,} of {judged:,} open tasks would move. Nothing was written.")


def _row(move: "Move") -> tuple[str, ...]:
    from clickup_mlops.bot.simulation.what_if import reason
    from clickup_mlops.routing.decision import title

    task, before, after = move.task, move.before, move.after
    automation = (
        before.decided_by
        if before.decided_by == after.decided_by
        else f"{before.decided_by} -> {after.decided_by}"
    )
    now, then = title(before.priority), title(after.priority)
    return task.id, task.name, task.list_name, now, then, automation, reason(before, after)


def _counted(found: "list[Move]") -> "Iterator[tuple[tuple[int | None, int | None], int]]":
    from collections import Counter

    counts = Counter((one.before.priority, one.after.priority) for one in found)
    yield from sorted(counts.items(), key=lambda one: (-one[1], str(one[0])))
