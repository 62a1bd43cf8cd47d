"""How far a command is, on standard error. Where that is no terminal, only a run shows it, now and
then.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import output

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from clickup_mlops.features.migration.run.model import Progress

EVERY_S = 10.0
"""Seconds between two lines, where there is no terminal."""
Reading = Callable[[str, int], None]
Report = Callable[["Progress"], None]


@contextmanager
def run() -> Iterator[tuple[Reading, Report]]:
    """What shows how much of the source was read, and then how far the run is."""
    if not sys.stderr.isatty():
        yield _quiet, _lines()
        return
    bar = _bar()
    task = bar.add_task("", total=None)

    def reading(kind: str, count: int) -> None:
        bar.update(task, description=f"read: {count:,} × {kind}")

    def report(progress: "Progress") -> None:
        text = words(progress)
        bar.update(task, completed=progress.done, total=progress.total, description=text)

    with bar:
        yield reading, report


@contextmanager
def counts() -> Iterator[Reading]:
    """What shows how many of a kind have been handled so far."""
    if not sys.stderr.isatty():
        yield _quiet
        return
    with output.console(stderr=True).status("") as status:
        yield lambda kind, count: status.update(f"{count:,} × {kind}")


@contextmanager
def undo() -> Iterator[Callable[[str, int, int], None]]:
    """What shows how far an undo is."""
    if not sys.stderr.isatty():
        yield lambda _kind, _count, _total: None
        return
    bar = _bar()
    task = bar.add_task("", total=None)
    with bar:
        yield lambda kind, count, total: bar.update(
            task, completed=count, total=total, description=kind
        )


def words(progress: "Progress") -> str:
    """Rate, time left, failures and budget."""
    parts = [f"{progress.per_minute:,.0f} a minute"]
    if progress.eta_s is not None:
        parts.append(f"{_duration(progress.eta_s)} left")
    if progress.failed:
        parts.append(f"{progress.failed:,} failed")
    if progress.limit:
        parts.append(f"budget {progress.used:,}/{progress.limit:,}")
    return f"{progress.kind}: {', '.join(parts)}"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{round(seconds)} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _bar() -> "Bar":
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    return Bar(*columns, console=output.console(stderr=True), transient=True)


def _lines() -> Report:
    next_s = time.monotonic() + EVERY_S

    def report(progress: "Progress") -> None:
        nonlocal next_s
        if time.monotonic() >= next_s:
            next_s = time.monotonic() + EVERY_S
            click.echo(f"{progress.done:,}/{progress.total:,} {words(progress)}", err=True)

    return report


def _quiet(_kind: str, _count: int) -> None:
    """Shows nothing."""
