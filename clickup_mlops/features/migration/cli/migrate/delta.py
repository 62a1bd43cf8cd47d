"""Carry over what changed in the source since the run. Shows it; `--yes` does it.

Reads the source again. New items, updates and files are moved as `run` does. A field that only the
source has changed is updated; what a person has changed in ClickUp is never overwritten: where both
sides have changed the same field, all three values are listed, and you decide. What is gone from
the source is listed and kept. Exits 2 if there is work, 1 if something is left for you.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.features.migration.cli.migrate import _options, _progress
from clickup_mlops.ports.cli import output
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.features.migration.delta.model import DeltaPlan
    from clickup_mlops.features.migration.operations.delta import Delta

SHOWN = 50
_LONGEST = 80


@click.command(help=__doc__)
@_options.mapping_file
@click.option("--yes", is_flag=True, help="Carry it over.")
@_options.config
@_options.as_json
def command(file: Path, yes: bool, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.migration.operations.delta import Callbacks, delta

    with _options.open_bot(config, "refuse") as bot, _progress.run() as (reading, report):
        found = delta(bot, file, Callbacks(reading, report), act=yes)
    if as_json:
        output.json_value(_plain(found))
    else:
        _say(found)
    if not yes and found.plan.is_work:
        return 2
    return 0 if found.is_clean else 1


def _plain(found: "Delta") -> dict[str, Any]:
    from clickup_mlops.features.migration.delta.fields import format_value

    plan, performed = found.plan, found.performed
    return {
        "new": dict(plan.new if found.ran is None else found.ran.done),
        "updates": [
            {**_about(one), "before": format_value(one.before), "after": format_value(one.after)}
            for one in plan.updates
        ],
        "edited_comments": [
            {"item": one.about.item, "before": one.before, "after": one.markdown}
            for one in plan.edits
        ],
        "conflicts": [
            {
                **_about(one),
                "at_run": format_value(one.at_run),
                "source": format_value(one.source),
                "clickup": format_value(one.clickup),
            }
            for one in plan.conflicts
        ],
        "by_hand": [{"item": one.about.item, "what": one.what} for one in plan.manual],
        "gone": [{"kind": one.kind, "id": one.id, "name": one.name} for one in plan.gone],
        "refused": _refused(found),
        "problems": list(found.problems),
        "done": performed is not None,
        "clean": found.is_clean,
    }


def _about(one: Any) -> dict[str, str]:
    return {"item": one.about.item, "name": one.about.name, "field": one.field}


def _say(found: "Delta") -> None:
    plan = found.plan
    _say_updates(plan)
    _say_conflicts(plan)
    for one in plan.manual[:SHOWN]:
        click.secho(f'! By hand: "{one.about.name}": {one.what}', fg="yellow")
    for gone in plan.gone[:SHOWN]:
        click.echo(f'Gone from the source, kept in ClickUp: {gone.kind} "{gone.name}" ({gone.id})')
    for reason in _refused(found)[:SHOWN]:
        click.secho(f"- {reason}", fg="red")
    if before := found.ran.refused_before.total() if found.ran else 0:
        click.echo(
            f"Steps that were refused earlier: {before:,}; `migrate run --retry` tries them again."
        )
    for what, count in found.ran.waiting.items() if found.ran else ():
        click.echo(f"Steps that wait for {what}: {count:,}.")
    for problem in found.problems:
        click.secho(f"! {problem}", fg="yellow")
    click.echo(_summary(found))


def _refused(found: "Delta") -> list[str]:
    """What of it ClickUp or the source refused, new things first."""
    new = map(str, found.ran.failed) if found.ran else ()
    return [*new, *(found.performed.failed if found.performed else ())]


def _say_updates(plan: "DeltaPlan") -> None:
    rows = [
        (one.about.name, one.field, _short(one.before), _short(one.after))
        for one in plan.updates[:SHOWN]
    ]
    rows += [
        (one.about.name, "comment", _short(one.before), _short(one.markdown))
        for one in plan.edits[: SHOWN - len(rows)]
    ]
    if rows:
        output.table(("ITEM", "FIELD", "AT THE RUN", "NOW"), rows)
    if more := len(plan.updates) + len(plan.edits) - len(rows):
        click.echo(f"… and {format_count(more, 'more update')}: --json lists all.")


def _say_conflicts(plan: "DeltaPlan") -> None:
    rows = [
        (
            one.about.name,
            one.field,
            _short(one.at_run),
            _short(one.source),
            _short(one.clickup),
            one.about.url,
        )
        for one in plan.conflicts[:SHOWN]
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


def _summary(found: "Delta") -> str:
    plan, performed = found.plan, found.performed
    ends = (
        f"{format_count(len(plan.conflicts), 'conflict')}, {len(plan.manual):,} by hand, "
        f"{len(plan.gone):,} gone from the source."
    )
    if performed is None or found.ran is None:
        new = ", ".join(f"{count:,} × {kind}" for kind, count in plan.new.items() if count)
        updates = len(plan.updates) + len(plan.edits)
        return f"To do: {new or 'nothing new'}, {format_count(updates, 'update')}. {ends}"
    new = ", ".join(f"{count:,} × {kind}" for kind, count in found.ran.done.items() if count)
    updated = (
        f"{format_count(performed.fields, 'field')} and "
        f"{format_count(performed.comments, 'comment')} updated"
    )
    return f"Done: {new or 'nothing new'}, {updated}. {ends}"
