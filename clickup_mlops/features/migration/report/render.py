"""A report as Markdown, and as one HTML page that needs nothing else. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from jinja2 import Environment, select_autoescape

from clickup_mlops.features.migration import document
from clickup_mlops.features.migration.document import Section, Table, plain
from clickup_mlops.features.migration.plan.model import NOUNS
from clickup_mlops.features.migration.report.model import Report
from clickup_mlops.features.migration.report.sections import to_sections

_PAGE: Final = Path(__file__).parent / "report.html"


@dataclass(frozen=True, slots=True)
class Card:
    """A number at the top of the page. `state`: `good`, `bad` or empty; `share` of 100 done."""

    label: str
    number: str
    note: str = ""
    state: str = ""
    share: int | None = None


def markdown(report: Report) -> str:
    """For a repository, a wiki or a pull request."""
    return document.markdown(to_sections(report))


def html(report: Report) -> str:
    """The HTML text."""
    head, *sections = map(_cleaned, to_sections(report))
    page = Environment(
        autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True
    ).from_string(_PAGE.read_text(encoding="utf-8"))
    return page.render(head=head, sections=sections, cards=tuple(cards(report)))


def cards(report: Report) -> Iterator[Card]:
    """The numbers that people look for first."""
    for kind, count in report.survey.counts.items():
        share = count.done * 100 // count.total
        label = NOUNS[kind][1].capitalize()
        yield Card(label, f"{count.done:,}", f"of {count.total:,}", share=share)
    yield Card("Failed", f"{report.failed:,}", "steps", "bad" if report.failed else "good")
    yield Card("With a loss", f"{report.lossy:,}", "values")
    yield _verification(report)


def _verification(report: Report) -> Card:
    if report.verification is None:
        return Card("Differences", "–", "not verified")
    count = sum(report.verification.counts)
    return Card("Differences", f"{count:,}", "verified", "bad" if count else "good")


def _cleaned(section: Section) -> Section:
    """Without control characters, which HTML does not allow."""
    table = section.table
    return replace(
        section,
        title=plain(section.title),
        text=tuple(map(plain, section.text)),
        table=table and _cleaned_table(table),
        points=tuple(map(plain, section.points)),
        commands=tuple(map(plain, section.commands)),
    )


def _cleaned_table(table: Table) -> Table:
    rows = tuple(tuple(map(plain, row)) for row in table.rows)
    return replace(table, columns=tuple(map(plain, table.columns)), rows=rows)
