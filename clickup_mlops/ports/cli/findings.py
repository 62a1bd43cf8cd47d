"""How `check` and `doctor` print what they find: each finding at once, with its fix below."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import click

from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.operations.findings import Finding

_MARKS: Final = {
    "ok": ("ok", "green"),
    "note": ("note", "yellow"),
    "problem": ("FAIL", "red"),
    "skipped": ("skip", "bright_black"),
}
_INDENT: Final = "\n" + " " * 20


def print_findings(findings: Iterable["Finding"]) -> Iterator["Finding"]:
    """The same, each printed as it comes; in the end how many problems there are."""
    problems = 0
    for finding in findings:
        mark, colour = _MARKS[finding.state]
        text = finding.text.replace("\n", _INDENT)
        click.echo(f"{click.style(f'{mark:4}', fg=colour)}  {finding.check:12}  {text}")
        if finding.hint:
            click.echo(f"{_INDENT[1:]}{finding.hint}")
        problems += finding.state == "problem"
        yield finding
    click.echo(f"{format_count(problems, 'problem')}." if problems else "No problems.")
