"""Filters of the audit commands, and how an entry is shown."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.operations import times
from clickup_mlops.ports.cli import clock
from clickup_mlops.ports.cli import options as shared

if TYPE_CHECKING:
    from clickup_mlops.store import Entry, Filter

Decorated = Callable[..., Any]
_OPTIONS = (
    click.option("--task", help="Only of this task: its id or address."),
    click.option(
        "--automation", help="Only by this automation, or by `undo`, `/priority` and the like."
    ),
    click.option("--run", help="Only of this run."),
    click.option("--kind", help="Only of this kind, such as `priority`."),
    click.option("--since", help=f"Only from then on: {times.EXAMPLES}."),
    click.option("--until", help="Only before then."),
)


def options(function: Decorated) -> Decorated:
    """Add the filters, passed as `criteria: dict`."""

    @wraps(function)  # with the options below it
    def collected(**values: Any) -> Any:
        names = ("task", "automation", "run", "kind", "since", "until")
        return function(criteria={name: values.pop(name) for name in names}, **values)

    decorated: Decorated = collected
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def filter_of(criteria: dict[str, str | None]) -> "Filter":
    """Checked. Raises InputError."""
    from clickup_mlops.store import Filter

    now = clock.now_ms()
    return Filter(
        task_id=task_id(criteria["task"]),
        automation=criteria["automation"],
        run=criteria["run"],
        kind=criteria["kind"],
        since_ms=times.moment("--since", criteria["since"], now),
        until_ms=times.moment("--until", criteria["until"], now),
    )


def task_id(text: str | None) -> str | None:
    """Of a task's id or address."""
    return text and shared.task_id(text)


def by(entry: "Entry") -> str:
    """The automation that did it, with the person if there is one."""
    return f"{entry.automation} ({entry.actor})" if entry.actor else entry.automation
