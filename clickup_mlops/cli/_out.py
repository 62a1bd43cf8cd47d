"""What commands print: JSON for programs, tables for people. Colours only on a terminal."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from clickup_mlops import logs
from clickup_mlops.operations.times import when as when

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from clickup_mlops.store.backup import Report

_PIPED_WIDTH = 200
_WIDEST = 1_000_000
_COLOUR = re.compile(r"(\x1b\[(?!8m)[0-9;]*m)")
T = TypeVar("T")


class Visible:
    """A stream on which only the colours of commands act: other control characters are shown.

    What commands print comes from events, tasks and people; a terminal would obey what is in it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """As of every text stream."""
        parts = _COLOUR.split(text)
        parts[::2] = map(logs.visible, parts[::2])
        self._stream.write("".join(parts))
        return len(text)


def console(*, stderr: bool = False) -> "Console":
    """A rich console; wide and plain when piped. rich itself obeys NO_COLOR."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PIPED_WIDTH
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=not stream.isatty())


def json_value(value: Any) -> None:
    """Print one value as JSON: indented on a terminal, one line otherwise."""
    indent = 2 if sys.stdout.isatty() else None
    click.echo(json.dumps(value, indent=indent, ensure_ascii=not _is_unicode(), default=str))


def _is_unicode() -> bool:
    """Whether standard output can show any character; JSON has escapes for the others."""
    return (sys.stdout.encoding or "").lower().startswith("utf")


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str | None = None,
    nothing: str = "",
) -> None:
    """Print rows under their column names, or `nothing` if there are none.

    A terminal wraps what does not fit; for a program nothing is wrapped, however long.
    """
    from rich.table import Column, Table

    shown = console()
    made = Table(
        *(Column(name, overflow="fold", no_wrap=not shown.is_terminal) for name in columns),
        title=title,
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    for row in rows:
        made.add_row(*(_cell(value) for value in row))
    if nothing and not made.row_count:
        click.echo(nothing)
    elif shown.is_terminal:
        shown.print(made)
    else:
        click.echo(_lines(shown, made))


def _lines(shown: "Console", made: "Table") -> str:
    """As wide as its rows, without the blanks that fill up the last column."""
    shown.width = _WIDEST
    with shown.capture() as captured:
        shown.print(made)
    return "\n".join(line.rstrip() for line in captured.get().rstrip("\n").split("\n"))


def progress(values: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The values, with a bar on a terminal's standard error."""
    from rich.progress import track

    yield from track(
        values,
        total=total,
        description=what,
        console=console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def _cell(value: Any) -> str:
    from rich.markup import escape

    return "" if value is None else escape(logs.visible(str(value)))


def pretty(value: Any) -> str:
    """JSON to read."""
    return json.dumps(value, indent=2, ensure_ascii=not _is_unicode(), default=str)


def lines(name: str, values: Sequence[str], as_json: bool, *, nothing: str) -> None:
    """Print what was done: under `name` as JSON, else a line each, or `nothing`."""
    if as_json:
        json_value({name: list(values)})
    else:
        click.echo("\n".join(values) or nothing)


def backup(done: str, report: "Report", as_json: bool) -> int:
    """Print what a backup holds; the command's exit code."""
    if as_json:
        json_value(asdict(report))
    else:
        rows = [f"{count:,} {name}" for name, count in report.rows.items() if count]
        click.echo(f"{done}: {', '.join(rows) or 'no rows'}.")
        click.echo(f"Tables of revision {report.revision}. The audit chain is {report.audit}.")
    return 2 if report.audit.startswith("broken") else 0
