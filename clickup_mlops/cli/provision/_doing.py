"""What the commands that write share: settle, check, ask, show progress, say what was done."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.cli import _out
from clickup_mlops.cli.provision import _request
from clickup_mlops.errors import InputError

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.provision.apply.run import Applied, Progress
    from clickup_mlops.provision.plan.model import Plan

WORK = 2
Decorated = Callable[..., Any]


def yes(function: Decorated) -> Decorated:
    """Add `--yes`, passed as `yes: bool`."""
    return click.option("--yes", is_flag=True, help="Do not ask.")(function)


def allow(function: Decorated) -> Decorated:
    """Add `--allow N`, passed as `allow: int | None`."""
    return click.option(
        "--allow",
        type=int,
        metavar="N",
        help="Change or delete up to N existing objects, even if that is a large part of them.",
    )(function)


def settle(bot: "Bot") -> None:
    """Find out what became of runs that were cut off; said on standard error."""
    from clickup_mlops.provision.apply.recover import recover
    from clickup_mlops.provision.tree import show

    for one in recover(_request.site(bot), _request.journal(bot)):
        became = "was made and is complete now" if one.found else "was not made"
        text = "is looked at again" if one.operation != "create" else became
        click.echo(f"The last run was cut off: {show(one.path)} {text}.", err=True)


def confirm(question: str, yes: bool) -> bool:
    """Ask; True if the world may have moved meanwhile.

    Raises:
        InputError: nobody is there to answer.
    """
    if yes:
        return False
    if not sys.stdin.isatty():
        raise InputError("nobody is here to confirm this", hint="Look at it first, then use --yes.")
    click.confirm(question, abort=True, err=True)
    return True


@contextmanager
def progress() -> "Iterator[Progress]":
    """A bar on a terminal's standard error; nothing elsewhere."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from clickup_mlops.provision.tree import show

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    console = _out.console(stderr=True)
    with Bar(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=None)
        yield lambda step, done, total: bar.update(
            task, completed=done, total=total, description=f"{step.operation} {show(step.path)}"
        )


def apply(bot: "Bot", plan: "Plan", *, allow: int | None, kind: str = "apply") -> "Applied":
    """Carry it out with a progress bar."""
    from clickup_mlops.provision.apply import run as applying

    site, journal = _request.site(bot), _request.journal(bot)
    with progress() as tell:
        return applying.apply(plan, site, journal, allowed=allow, kind=kind, progress=tell)


def report(applied: "Applied", plan: "Plan", as_json: bool) -> int:
    """Say what was done; 2 if something is left for a person."""
    if as_json:
        _out.json_value(plain(applied, plan))
    else:
        counts = {one: sum(s.operation == one for s in applied.done) for one in _DID}
        did = ", ".join(f"{n} {_DID[one]}" for one, n in counts.items() if n)
        click.echo(f"{did or 'Nothing to do'}: {applied.calls} calls ({plan.calls} planned).")
        for why, count in Counter(step.why for step in applied.refused).items():
            click.secho(f"! {count} for a person now: {why}.", fg="magenta")
        if applied.manual:
            click.echo(f"{len(applied.manual)} things are left for a person: `provision verify`.")
    return WORK if applied.manual else 0


_DID = {"create": "created", "update": "changed", "adopt": "adopted"}


def plain(applied: "Applied", plan: "Plan") -> dict[str, Any]:
    """For JSON."""
    return {
        "run": applied.run_id or None,
        "calls": applied.calls,
        "planned": plan.calls,
        "done": [step.to_dict() for step in applied.done],
        "manual": [step.to_dict() for step in applied.manual],
        "refused": [step.to_dict() for step in applied.refused],
    }
