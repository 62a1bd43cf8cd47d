"""Discovery: from a reading to a report and a proposal, in a folder."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from clickup_mlops import files, registry
from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.discovery import document, proposal
from clickup_mlops.features.discovery.conclude import Conclusions, conclude
from clickup_mlops.features.discovery.model import Reading
from clickup_mlops.features.discovery.operations.reading import finding_types, list_joinable
from clickup_mlops.features.discovery.survey.evaluate import (
    Survey,
    build_section,
    put_confirmed_first,
)
from clickup_mlops.features.migration.operations.draft import DraftRequest, draft_source
from clickup_mlops.features.migration.operations.opening import kind_of
from clickup_mlops.features.migration.source import Selection
from clickup_mlops.features.reports import render
from clickup_mlops.monday.settings import MondaySettings
from clickup_mlops.ports.sections.model import Report
from clickup_mlops.views.model import Section

NAME: Final = "discovery"
PROPOSAL: Final = "proposal"
FORMATS: Final = {"markdown": ".md", "html": ".html", "json": ".json", "pdf": ".pdf"}


@dataclass(frozen=True, slots=True)
class Discovered:
    """What a reading says, as values and as a report, and the files of the proposal by path."""

    conclusions: Conclusions
    report: Report
    proposal: Mapping[str, str]


def discover(
    reading: Reading, *, with_names: bool = False, survey: Survey | None = None
) -> Discovered:
    """All that follows from a reading. What a survey confirms comes first."""
    conclusions = conclude(reading, finding_types(), list_joinable(), with_names=with_names)
    further: tuple[Section, ...] = ()
    if survey is not None and survey.results:
        findings = put_confirmed_first(conclusions.findings, survey)
        conclusions = replace(conclusions, findings=findings)
        further = (build_section(survey, findings),)
    report = document.build_report(conclusions, further)
    return Discovered(conclusions, report, proposal.write(conclusions, reading.traces))


def draft_mapping(
    bot: Bot, kind: str, selection: Selection, out: Path, discovered: Discovered
) -> str:
    """The mapping for `migrate plan`, below what was found. Raises as `migrate draft`."""
    source = kind_of(kind).open(selection, bot.settings.table(MondaySettings))
    request = DraftRequest(kind, selection, out / PROPOSAL / proposal.MAPPING)
    with closing(source):
        text = draft_source(bot, request, source).text
    lines = (f"# {finding.key}: {finding.says}" for finding in discovered.conclusions.findings)
    return "\n".join(["# What was discovered, by board:", *map(_one_line, lines), text])


def write(discovered: Discovered, out: Path, forms: Sequence[str]) -> list[Path]:
    """The report in each format, and the proposal. Raises OSError, and ConfigError for a PDF."""
    formats = registry.find(render, "render")
    (out / PROPOSAL / "provision").mkdir(parents=True, exist_ok=True)
    contents = {f"{NAME}{FORMATS[form]}": formats[form](discovered.report) for form in forms}
    contents |= {f"{PROPOSAL}/{path}": text for path, text in discovered.proposal.items()}
    for path, content in contents.items():
        files.write(out / path, content)
    return [out / path for path in contents]


def explain_missing_mapping(problem: ClickUpMlopsError, kind: str) -> str:
    """Why the proposal has no mapping, and what to do."""
    return (
        f"no mapping was drafted: {problem}. Later: "
        f"clickup-mlops migrate draft {kind} FILE --out {proposal.MAPPING}"
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
