"""What the commands that write share: options, confirmation, progress, the report."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from clickup_mlops.errors import InputError
from clickup_mlops.ports.cli import output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.apply.recover import Recovered
    from clickup_mlops.features.provisioning.apply.run import Progress
    from clickup_mlops.features.provisioning.operations.apply import Result
    from clickup_mlops.features.provisioning.operations.callbacks import Callbacks
    from clickup_mlops.features.provisioning.plan.model import Plan

Decorated = Callable[..., Any]
T = TypeVar("T")


def code(plan: "Plan") -> ExitCode:
    """The exit code of a comparison."""
    if any(step.operation != "manual" for step in plan.work):
        return ExitCode.WORK_TO_DO
    return ExitCode.MANUAL_STEPS if plan.work else ExitCode.DONE


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


def silent() -> "Callbacks[Any]":
    """For commands that ask nothing: only recovered runs are reported, on standard error."""
    from clickup_mlops.features.provisioning.operations.callbacks import Callbacks

    return Callbacks(recovered=_recovered)


@contextmanager
def attended(
    show: Callable[[T], None], question: str, *, yes: bool, as_json: bool
) -> "Iterator[Callbacks[T]]":
    """Show what is about to be done (not with `--json`), ask, and draw a progress bar."""
    from clickup_mlops.features.provisioning.operations.callbacks import Callbacks, ignore

    show_plan = ignore if as_json else show
    with _progress() as progress:
        yield Callbacks(_recovered, show_plan, lambda: _confirm(question, yes), progress)


def _recovered(step: "Recovered") -> None:
    from clickup_mlops.features.provisioning.tree import show

    became = "was created and is complete now" if step.found else "was not created"
    text = "is compared again" if step.operation != "create" else became
    click.echo(f"The last run was interrupted: {show(step.path)} {text}.", err=True)


def _confirm(question: str, yes: bool) -> bool:
    """Ask; True if a person was asked.

    Raises:
        InputError: there is no terminal to ask on.
    """
    if yes:
        return False
    if not sys.stdin.isatty():
        raise InputError("this needs confirmation", hint="Review the plan first, then use --yes.")
    click.confirm(question, abort=True, err=True)
    return True


@contextmanager
def _progress() -> "Iterator[Progress]":
    """A bar on a terminal's standard error, from the first step on; elsewhere a line for each."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from clickup_mlops.features.provisioning.tree import show

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    console = output.console(stderr=True)
    bar = Bar(*columns, console=console, transient=True, disable=not sys.stderr.isatty())
    task = bar.add_task("", total=None)

    def report(step: Any, completed: int, total: int) -> None:
        description = f"{step.operation} {show(step.path)}"
        if not sys.stderr.isatty():
            click.echo(f"{completed + 1}/{total} {description}", err=True)
            return
        bar.start()  # not before: a live bar and a question would share the terminal
        bar.update(task, completed=completed, total=total, description=description)

    try:
        yield report
    finally:
        bar.stop()


def report(result: "Result", as_json: bool, *, verify: str = "provision verify") -> int:
    """Print what was done; the exit code. `verify` is the command that shows manual steps."""
    applied, planned = result.applied, result.plan.calls
    if as_json:
        output.json_value(_plain(result))
    else:
        counts = {
            operation_: sum(s.operation == operation_ for s in applied.done) for operation_ in _DID
        }
        summary = ", ".join(f"{n} {_DID[operation]}" for operation, n in counts.items() if n)
        click.echo(
            f"{summary or 'Nothing to do'}: {format_count(applied.calls, 'call')} "
            f"({planned} planned)."
        )
        for why, count in Counter(step.why for step in applied.refused).items():
            click.secho(f"! {count} manual now: {why}.", fg="magenta")
        if applied.manual:
            steps = format_count(len(applied.manual), "step is", "steps are")
            click.echo(f"{steps} left to do by hand: `{verify}`.")
    return ExitCode.MANUAL_STEPS if applied.manual else ExitCode.DONE


_DID = {"create": "created", "update": "changed", "adopt": "adopted"}


def _plain(result: "Result") -> dict[str, Any]:
    applied = result.applied
    return {
        "run": applied.run_id or None,
        "calls": applied.calls,
        "planned": result.plan.calls,
        "done": [step.to_dict() for step in applied.done],
        "manual": [step.to_dict() for step in applied.manual],
        "refused": [step.to_dict() for step in applied.refused],
    }
