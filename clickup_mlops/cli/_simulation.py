"""How a simulation is shown: a page, and tables."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _out

if TYPE_CHECKING:
    from clickup_mlops.automations.simulated import Simulated

MOST_SHOWN = 500
_PAGE = Path(__file__).parent / "_pages" / "simulation.html"


def page(found: "Simulated") -> str:
    """One self-contained HTML page."""
    from jinja2 import Environment, select_autoescape

    template = Environment(autoescape=select_autoescape(default=True)).from_string(
        _PAGE.read_text(encoding="utf-8")
    )
    return template.render(
        found=found,
        since=_out.when(found.since_ms),
        until=_out.when(found.until_ms),
        cards=cards(found),
        most=max([one.done for one in found.automations], default=0) or 1,
        shown=[(_out.when(one.at_ms), one) for one in found.did[:MOST_SHOWN]],
    )


def cards(found: "Simulated") -> list[tuple[str, int]]:
    """The figures that sum it up."""
    return [
        ("events heard", found.events),
        ("tasks changed", found.changed_tasks),
        ("writes (calls)", len(found.done)),
        ("reads at most (calls)", found.reads),
        ("flips", sum(one.times for one in found.flips)),
        ("cap hits", sum(one.capped for one in found.automations)),
    ]


def show(found: "Simulated") -> None:
    """The summary, and a table of the automations and of the flips."""
    since, until = _out.when(found.since_ms), _out.when(found.until_ms)
    click.echo(f"{since} to {until}: what the automations would have done. Nothing was written.")
    for name, value in cards(found):
        click.echo(f"{value:>8,}  {name}")
    if found.automations:
        rows = [(r.automation, r.done, r.tasks, r.capped, r.problems) for r in found.automations]
        _out.table(("automation", "writes", "tasks", "cap hits", "problems"), rows)
    if found.flips:
        flips = [
            (f.task_id, f.task, f.kind, f.times, ", ".join(f.automations)) for f in found.flips
        ]
        title = "Values that went back and forth"
        _out.table(("task", "title", "value", "times", "automations"), flips[:20], title=title)
