"""Carry over what changed in the source since the run. Shows it; `--yes` does it.

Reads the source; `--yes` uses what was read for the last look, once, within a day. New items,
updates and files are moved as `run` does. A field that only the source has changed is updated; what
a person has changed in ClickUp is never overwritten: where both sides have changed the same field,
all three values are listed, and you decide. What is gone from the source is listed and kept. So is
what the mapping does not have, such as a new column. Exits 2 if there is work or the mapping lacks
something, 3 if manual steps remain, 1 if something failed.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.features.migration.cli.migrate import _options, _progress
from clickup_mlops.ports.cli import output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.features.migration.delta.model import DeltaPlan
    from clickup_mlops.features.migration.operations.delta import Delta

SHOWN = 50
_LONGEST = 80


@click.command(help=__doc__)
@_options.mapping_file
@click.option("--yes", is_flag=True, help="Carry it over.")
@_options.read_again
@_options.config
@_options.as_json
def command(file: Path, yes: bool, read_again: bool, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.migration.operations.delta import Callbacks, delta

    with _options.open_bot(config, "refuse") as bot, _progress.run() as (reading, report):
        result = delta(bot, file, Callbacks(reading, report), act=yes, read_again=read_again)
        now_ms = bot.now_ms()
    if as_json:
        output.json_value(_plain(result))
    else:
        if not result.has_read:
            _options.say_age(result.read_ms, now_ms)
        _say(result)
    if not yes and result.plan.is_work:
        return ExitCode.WORK_TO_DO
    if result.has_failed:
        return ExitCode.ERROR
    if result.gaps:
        return ExitCode.WORK_TO_DO
    return ExitCode.MANUAL_STEPS if result.has_manual_steps else ExitCode.DONE


def _plain(result: "Delta") -> dict[str, Any]:
    from clickup_mlops.features.migration.delta.fields import format_value

    plan, performed = result.plan, result.performed
    return {
        "new": dict(plan.new if result.ran is None else result.ran.done),
        "updates": [
            {
                **_about(update),
                "before": format_value(update.before),
                "after": format_value(update.after),
            }
            for update in plan.updates
        ],
        "edited_comments": [
            {"item": edit.about.item, "before": edit.before, "after": edit.markdown}
            for edit in plan.edits
        ],
        "conflicts": [
            {
                **_about(conflict),
                "at_run": format_value(conflict.at_run),
                "source": format_value(conflict.source),
                "clickup": format_value(conflict.clickup),
            }
            for conflict in plan.conflicts
        ],
        "by_hand": [{"item": step.about.item, "what": step.what} for step in plan.manual],
        "gone": [
            {"kind": record.kind, "id": record.id, "name": record.name} for record in plan.gone
        ],
        "refused": _refused(result),
        "problems": list(result.problems),
        "not_mapped": list(result.gaps),
        "read_ms": result.read_ms,
        "done": performed is not None,
        "clean": result.is_clean,
    }


def _about(change: Any) -> dict[str, str]:
    return {"item": change.about.item, "name": change.about.name, "field": change.field}


def _say(result: "Delta") -> None:
    plan = result.plan
    _say_updates(plan)
    _say_conflicts(plan)
    for manual_step in plan.manual[:SHOWN]:
        click.secho(f'! By hand: "{manual_step.about.name}": {manual_step.what}', fg="yellow")
    for record in plan.gone[:SHOWN]:
        click.echo(
            f'Gone from the source, kept in ClickUp: {record.kind} "{record.name}" ({record.id})'
        )
    for reason in _refused(result)[:SHOWN]:
        click.secho(f"- {reason}", fg="red")
    if before := result.ran.refused_before.total() if result.ran else 0:
        click.echo(
            f"Steps that were refused earlier: {before:,}; `migrate run --retry` tries them again."
        )
    for blocker, count in result.ran.waiting.items() if result.ran else ():
        click.echo(f"Steps that wait for {blocker}: {count:,}.")
    for problem in result.problems:
        click.secho(f"! {problem}", fg="yellow")
    for gap in result.gaps:
        click.secho(f"! Not in the mapping: {gap}", fg="yellow")
    click.echo(_summary(result))


def _refused(result: "Delta") -> list[str]:
    """What of it ClickUp or the source refused, new things first."""
    new = map(str, result.ran.failed) if result.ran else ()
    return [*new, *(result.performed.failed if result.performed else ())]


def _say_updates(plan: "DeltaPlan") -> None:
    rows = [
        (update.about.name, update.field, _short(update.before), _short(update.after))
        for update in plan.updates[:SHOWN]
    ]
    rows += [
        (edit.about.name, "comment", _short(edit.before), _short(edit.markdown))
        for edit in plan.edits[: SHOWN - len(rows)]
    ]
    if rows:
        output.table(("ITEM", "FIELD", "AT THE RUN", "NOW"), rows)
    if more := len(plan.updates) + len(plan.edits) - len(rows):
        click.echo(f"… and {format_count(more, 'more update')}: --json lists all.")


def _say_conflicts(plan: "DeltaPlan") -> None:
    rows = [
        (
            conflict.about.name,
            conflict.field,
            _short(conflict.at_run),
            _short(conflict.source),
            _short(conflict.clickup),
            conflict.about.url,
        )
        for conflict in plan.conflicts[:SHOWN]
    ]
    if rows:
        columns = ("ITEM", "FIELD", "AT THE RUN", "SOURCE", "CLICKUP", "TASK")
        output.table(columns, rows, title="Changed on both sides, left as it is:")
    if more := len(plan.conflicts) - len(rows):
        click.echo(f"… and {format_count(more, 'more conflict')}: --json lists all.")


def _short(value: Any) -> str:
    from clickup_mlops.features.migration.delta.fields import format_value

    text = " ".join(format_value(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _summary(result: "Delta") -> str:
    plan, performed = result.plan, result.performed
    ends = (
        f"{format_count(len(plan.conflicts), 'conflict')}, {len(plan.manual):,} by hand, "
        f"{len(plan.gone):,} gone from the source."
    )
    if performed is None or result.ran is None:
        new = ", ".join(f"{count:,} × {kind}" for kind, count in plan.new.items() if count)
        updates = len(plan.updates) + len(plan.edits)
        return f"To do: {new or 'nothing new'}, {format_count(updates, 'update')}. {ends}"
    new = ", ".join(f"{count:,} × {kind}" for kind, count in result.ran.done.items() if count)
    updated = (
        f"{format_count(performed.fields, 'field')} and "
        f"{format_count(performed.comments, 'comment')} updated"
    )
    return f"Done: {new or 'nothing new'}, {updated}. {ends}"
