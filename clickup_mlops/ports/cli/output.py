"""What commands print: JSON for programs, tables for people. Colours only on a terminal."""

import json
import os
import re
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from clickup_mlops import files, logs
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from clickup_mlops.store.backup import Report

_PIPED_WIDTH = 200
_WORD = 36
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
        parts[::2] = map(logs.escape_controls, parts[::2])
        self._stream.write("".join(parts))
        return len(text)


def when(at_ms: int | None) -> str:
    """The time as people read it; see `operations.times`, which not every command needs."""
    from clickup_mlops.operations import times

    return times.when(at_ms)


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
    numbers: Container[int] = (),
) -> None:
    """Print rows under their column names, or `nothing` if there are none. Columns of `numbers`
    (indexes) end on the right.

    A terminal wraps between words what does not fit; if words would be broken, each row is printed
    as lines of name and value. For a program nothing is wrapped, however long.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    if nothing and not cells:
        click.echo(nothing)
    elif not _is_terminal():
        click.echo("\n".join(_format_lines(columns, cells, title, numbers)))
    elif widths := fitting([*zip(columns, *cells, strict=True)], (terminal := console()).width):
        terminal.print(_build_table(columns, cells, title, numbers, widths))
    else:
        _records(columns, cells, title)


def _build_table(
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    title: str | None,
    numbers: Container[int],
    widths: Sequence[int] = (),
) -> "Table":
    from rich.table import Column, Table
    from rich.text import Text

    rich_table = Table(
        *(
            Column(
                name,
                overflow="fold",
                no_wrap=not width,
                width=width,
                justify="right" if at in numbers else "left",
            )
            for at, (name, width) in enumerate(zip_longest(columns, widths))
        ),
        title=title,
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    for row in cells:
        rich_table.add_row(*map(Text, row))
    return rich_table


def fitting(columns: Sequence[Sequence[str]], width: int) -> list[int]:
    """How wide each column (its head and cells) is in a terminal of `width` characters.

    Empty if words would be broken, except those longer than a UUID, such as keys of events.
    """
    from rich.cells import cell_len

    least = [
        min(_WORD, max(map(cell_len, " ".join(column).split()), default=0)) for column in columns
    ]
    desired = [
        max(cell_len(line) for cell in column for line in (cell or " ").split("\n"))
        for column in columns
    ]
    room = width - sum(least) - 2 * (len(columns) - 1)
    if room < 0:
        return []
    by_need = sorted(range(len(columns)), key=lambda at: desired[at] - least[at])
    for remaining, at in zip(range(len(columns), 0, -1), by_need, strict=True):
        more = min(desired[at] - least[at], room // remaining)
        least[at], room = least[at] + more, room - more
    return least


def _records(columns: Sequence[str], cells: Sequence[Sequence[str]], title: str | None) -> None:
    wide = max(map(len, columns))
    if title:
        click.echo(title)
    for at, row in enumerate(cells):
        lines = [f"{name:{wide}}  {cell}" for name, cell in zip(columns, row, strict=True) if cell]
        click.echo("\n".join([*([""] if at else []), *lines]))


def _is_terminal() -> bool:
    """As rich sees it, which takes as long to import as a short list to print."""
    return sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))


def _format_lines(
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    title: str | None,
    numbers: Container[int],
) -> Iterator[str]:
    """As wide as its rows, without the blanks that fill up the last column."""
    from rich.cells import cell_len

    rows = [[cell.expandtabs().split("\n") for cell in row] for row in (columns, *cells)]
    widths = [
        max(cell_len(line) for cell in column for line in cell)
        for column in zip(*rows, strict=True)
    ]
    if title:
        yield title
    for row in rows:
        for parts in zip_longest(*row, fillvalue=""):
            blanks = (
                " " * (width - cell_len(part)) for part, width in zip(parts, widths, strict=True)
            )
            padded = (
                blank + part if at in numbers else part + blank
                for at, (part, blank) in enumerate(zip(parts, blanks, strict=True))
            )
            yield "  ".join(padded).rstrip()


def progress(values: Iterable[T], total: int, description: str) -> Iterator[T]:
    """The values, with a bar on a terminal's standard error."""
    from rich.progress import track

    yield from track(
        values,
        total=total,
        description=description,
        console=console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def _cell(value: Any) -> str:
    return "" if value is None else logs.escape_controls(str(value))


def pretty(value: Any) -> str:
    """JSON to read."""
    return json.dumps(value, indent=2, ensure_ascii=not _is_unicode(), default=str)


def lines(name: str, values: Sequence[str], as_json: bool, *, nothing: str) -> None:
    """Print what was done: under `name` as JSON, else a line each, or `nothing`."""
    if as_json:
        json_value({name: list(values)})
    else:
        click.echo("\n".join(values) or nothing)


def write_lines(to: Path, lines: Iterable[str]) -> int:
    """Write them to the file, or to standard output if it is `-`; how many."""
    if to == Path("-"):
        return _write_all(lines, click.echo)
    with files.replacing(to) as file:
        return _write_all(lines, lambda line: file.write(f"{line}\n".encode()))


def _write_all(lines: Iterable[str], write: Callable[[str], object]) -> int:
    count = 0
    for line in lines:
        write(line)
        count += 1
    return count


def backup(verb: str, report: "Report", as_json: bool) -> int:
    """Print what a backup holds; the command's exit code."""
    if as_json:
        json_value(asdict(report))
    else:
        rows = [f"{count:,} {name}" for name, count in report.rows.items() if count]
        click.echo(f"{verb}: {', '.join(rows) or 'no rows'}.")
        click.echo(f"Tables of revision {report.revision}. The audit chain is {report.audit}.")
    return ExitCode.ERROR if report.audit.startswith("broken") else ExitCode.DONE
