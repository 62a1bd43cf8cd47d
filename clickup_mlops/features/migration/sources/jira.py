"""Jira: issues exported as CSV (all fields) or XML, or as JSON from its search API."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.source import Selection, Source, SourceKind
from clickup_mlops.features.migration.sources._files import explanation as explanations
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.file_source import (
    FileSource,
    files_of,
    first_problem,
    tables_of,
)
from clickup_mlops.features.migration.sources._files.text import CsvFile, mapping, read_json
from clickup_mlops.features.migration.sources._files.unread import ignore
from clickup_mlops.features.migration.sources._jira_csv import Csv
from clickup_mlops.features.migration.sources._jira_json import KEYS, IssueFile, Issues
from clickup_mlops.features.migration.sources._jira_xml import issue_file
from clickup_mlops.json_types import Json

if TYPE_CHECKING:
    from clickup_mlops.monday.settings import MondaySettings

_SUFFIXES: Final = (".csv", ".json", ".xml")
_OTHER_FORMATS: Final = ignore(
    **{
        "in XML, numbers and texts that only Jira uses": (
            "rss.version title inwardlinks.description outwardlinks.description customfield.key "
            "customfieldvalue.key timeoriginalestimate timeestimate timespent"
        ),
    }
) | dict.fromkeys(
    ("Issue id", "Parent id", "Work Ratio", "Last Viewed", "Project lead", "Project type"),
    "in CSV, what Jira computes, or what another column says too",
)
_EXPORT_AGAIN: Final = 'In Jira, export issues as "CSV (all fields)".'


def _open(selection: Selection, _: "MondaySettings") -> Source:
    files = files_of(selection, _SUFFIXES)
    explanation = explanations.load(selection.mapping)
    csv = [_csv(path, explanation) for path in files if path.suffix.lower() == ".csv"]
    json = [_issues(path, read_json(path)) for path in files if path.suffix.lower() == ".json"]
    xml = [issue_file(path) for path in files if path.suffix.lower() == ".xml"]
    reads = (Csv(csv, explanation).read, Issues([*json, *xml], explanation).read)
    tables = [table for read in reads for table in tables_of(read)]
    if not tables:
        why = "".join(map(first_problem, reads))
        raise ContentError(files[0], "", f"has no issue{why}", hint=_EXPORT_AGAIN)
    return FileSource(tables, selection)


def _csv(path: Path, explanation: Explanation) -> CsvFile:
    file = CsvFile(path, explanation.encoding, explanation.delimiter)
    if not {"Summary", "Issue key"} <= set(file.titles):
        problem = 'has no columns "Summary" and "Issue key"'
        raise ContentError(path, "", problem, hint=_EXPORT_AGAIN)
    return file


def _issues(path: Path, content: Json) -> IssueFile:
    issues = content if isinstance(content, list) else mapping(content).get("issues")
    if not isinstance(issues, list):
        problem = 'is no search result: it has no list "issues"'
        raise ContentError(path, "", problem, hint="Save the answer of Jira's search API.")
    total = mapping(content).get("total")
    expected = total if isinstance(total, int) else 0
    return IssueFile(path, issues, mapping(mapping(content).get("names")), expected)


SOURCE: Final = SourceKind(
    summary="Jira issues: CSV with all fields, XML, or JSON of the search API (expand=names).",
    open=_open,
    suffixes=_SUFFIXES,
    missing=(
        "attachments: they stay links to Jira, which need a login",
        "boards, filters, workflows, automations and permissions",
        "the history of changes, unless JSON was exported with expand=changelog",
        "in CSV: time zones (a time is read as UTC) and e-mail addresses of people",
        "in JSON: comments that the search left out; each issue with such is reported",
        "in XML: logged work, watchers, e-mail addresses, and full names of people who only wrote",
        "macros, colours and images in texts: they stay as they are written",
    ),
    item_noun="issue",
    ignored=KEYS.ignored | _OTHER_FORMATS,
)
