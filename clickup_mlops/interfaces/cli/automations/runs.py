"""List what automations did and why it failed, or show the run with a NUMBER.

The newest run is first. A run is what one automation did because of one event; an automation that
found nothing to do has none. Runs that wrote nothing and end with the same text about the same task
are counted together, hour by hour.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.operations import times
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.bot.write.runs import Shown
    from clickup_mlops.store.tables.runs import RunAction

COLUMNS = ("run", "when", "automation", "trigger", "task", "result", "times", "what")
_MOST_SHOWN = 3


@click.command(help=__doc__)
@click.argument("name_or_number", metavar="[AUTOMATION|NUMBER]", required=False)
@click.option("--task", help="Only runs about this task: its id or address.")
@click.option("--failed", is_flag=True, help="Only those with a failure.")
@click.option("--since", help=f"Only from then on: {times.EXAMPLES}.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@options.config
@options.as_json
def command(
    *,
    name_or_number: str | None,
    task: str | None,
    failed: bool,
    since: str | None,
    limit: int,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.operations.automations import runs
    from clickup_mlops.store.tables.runs import FAILED, RunFilter

    settings = options.settings(config).automations
    with options.open_store(config) as store:
        if name_or_number and name_or_number.isdigit():
            _say(runs.run(store, int(name_or_number)), as_json)
            return ExitCode.DONE
        criteria = RunFilter(
            automation=name_or_number or "",
            task_id=options.task_id(task or ""),
            results=FAILED if failed else (),
            since_ms=times.moment("--since", since, clock.now_ms()) or 0,
        )
        matches = runs.runs(store, settings, criteria, limit)
    if as_json:
        output.json_value({"runs": [runs.facts(entry) for entry in matches]})
    elif matches:
        output.table(COLUMNS, map(_columns, matches))
    else:
        click.echo("No run matches. Automations that are off, or found nothing to do, have none.")
    return ExitCode.DONE


def _columns(entry: "Shown") -> tuple[Any, ...]:
    run = entry.run
    texts = [action.text for action in run.actions]
    more = [f"and {len(texts) - _MOST_SHOWN} more"] if len(texts) > _MOST_SHOWN else []
    summary = run.why or "; ".join(texts[:_MOST_SHOWN] + more)
    task = " ".join(filter(None, (run.task_id, entry.task_name)))
    return (
        run.id,
        output.when(run.at_ms),
        run.automation,
        run.event_kind,
        task,
        run.result,
        run.count,
        summary,
    )


def _say(entry: "Shown", as_json: bool) -> None:
    from clickup_mlops.operations.automations import runs

    if as_json:
        output.json_value(runs.facts(entry))
    else:
        click.echo("\n".join(_lines(entry)))


def _lines(entry: "Shown") -> Iterator[str]:
    run = entry.run
    yield f"run {run.id} of {run.automation}: {run.result}"
    yield f"when     {output.when(run.at_ms)}"
    if run.count > 1:
        yield f"times    {run.count:,} since {output.when(run.first_ms)}"
    yield f"trigger  {run.event_kind} ({run.event_key})"
    if run.task_id:
        yield f"task     {run.task_id} {entry.task_name}".rstrip()
        yield f"         {entry.task_url}"
    for action in run.actions:
        yield from _action(action, run.task_id)


def _action(action: "RunAction", task_id: str) -> Iterator[str]:
    where = f" on task {action.task_id}" if action.task_id != task_id else ""
    planned = action.action and action.state != "problem"  # else the text names the action
    outcome = f"{action.action}{where}: {action.text}" if planned else f"{action.text}{where}"
    yield f"{action.state:8} {outcome}"
    if action.why:
        yield f"         {action.why}"
    if action.hint:
        yield f"         Hint: {action.hint}"
