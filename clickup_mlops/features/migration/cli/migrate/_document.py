"""Sections with tables for people: as wide as the terminal, or as they are for a program."""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import output

if TYPE_CHECKING:
    from rich.console import RenderableType

    from clickup_mlops.features.migration.document import Section


def show(sections: "Iterable[Section]") -> None:
    """Print them. On a terminal nothing is cut, and words stay whole."""
    from clickup_mlops.features.migration import document

    if not sys.stdout.isatty():
        click.echo(document.text(sections))
        return
    for number, section in enumerate(sections):
        if number:
            click.echo()
        _show(section)


def _show(section: "Section") -> None:
    console = output.console()
    for paragraph in _paragraphs(section):
        console.print(paragraph)
    if section.table:
        output.table(section.table.columns, section.table.rows, numbers=section.table.numbers)
    for paragraph in _points(section):
        console.print(paragraph)
    for command in section.commands:
        click.echo(f"    {command}")  # in one piece, to be pasted


def _paragraphs(section: "Section") -> "Iterator[RenderableType]":
    from rich.text import Text

    yield Text(_plain(section.title), style="bold")
    yield from (_indented(text) for text in section.text)
    yield from (_indented(f"[ ] {text}") for text in section.boxes)


def _points(section: "Section") -> "Iterator[RenderableType]":
    return (_indented(f"- {point}") for point in section.points)


def _indented(text: str) -> "RenderableType":
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text(_plain(text)), (0, 0, 0, 2), expand=False)


def _plain(text: str) -> str:
    from clickup_mlops.features.migration import document

    return document.plain(text)
