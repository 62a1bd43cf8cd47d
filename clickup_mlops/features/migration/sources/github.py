"""GitHub: issues as `gh issue list --json …` or the REST API gives them, a board a repository."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.records import Board, Option
from clickup_mlops.features.migration.source import Selection, Source, SourceKind
from clickup_mlops.features.migration.sources import _github_events, _github_links
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.entries import (
    Comment,
    Entry,
    Field,
    Problems,
    Raw,
)
from clickup_mlops.features.migration.sources._files.file_source import (
    FileSource,
    files_of,
    first_problem,
    tables_of,
)
from clickup_mlops.features.migration.sources._files.markup import html_of_markdown
from clickup_mlops.features.migration.sources._files.text import (
    clean,
    mapping,
    objects,
    read_json,
    stable_id,
)
from clickup_mlops.features.migration.sources._github_events import person_of
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.monday.settings import MondaySettings

_SUFFIXES: Final = (".json",)
_STATUS: Final = Field("state", "State", "status")
_ASSIGNEES: Final = Field("assignees", "Assignees", "people")
_LABELS: Final = Field("labels", "Labels", "tags")
_MILESTONE: Final = Field("milestone", "Milestone", "dropdown")
_DUE: Final = Field("milestone_due", "Milestone due", "date")
_CLOSED: Final = Field("closed", "Closed", "date")
_ISSUE: Final = re.compile(r"https?://[^/]+/(?:repos/)?([^/]+/[^/]+)/(issues|pull)/\d+.*")
_STATES: Final = {
    "open": Option("open", "Open"),
    "closed": Option("closed", "Closed", done=True),
    "not_planned": Option("not_planned", "Closed as not planned", done=True),
    "duplicate": Option("duplicate", "Closed as duplicate", done=True),
}


@dataclass(frozen=True)
class Issues:
    """Files of issues."""

    files: Sequence[tuple[Path, Sequence[Any]]]
    events: Mapping[str, Sequence[Mapping[str, Any]]]
    """Of the repositories, by the issue's address in the API."""

    def read(self, problems: Problems) -> Iterator[tuple[Board, Callable[[], Entry]]]:
        """Every issue with its repository; a pull request is reported instead."""
        for path, issues in self.files:
            for position, issue in enumerate(issues, start=1):
                number, url = _number(issue), _url(issue)
                where = f"#{number}" if number else f"issue {position}"
                if not number:
                    problems.add(f"{path.name}, {where}: skipped, it has no number")
                elif _is_pull_request(issue, url):
                    problems.add(f"{path.name}, {where}: skipped, it is a pull request")
                else:
                    board = _board(path, url)
                    yield board, partial(self._build, board, number, issue, problems)

    def _build(self, board: Board, number: str, issue: JsonObject, problems: Problems) -> Entry:
        summary = issue.get("sub_issues_summary") or issue.get("subIssuesSummary")  # REST or gh
        count = mapping(summary).get("total")
        children = self._children[f"{board.id}#{number}"]
        if isinstance(count, int) and count > children:
            absent = format_count(count - children, "sub-issue is", "sub-issues are")
            ask = "export their repositories too, or ask gh for --json subIssues"
            problems.add(f"#{number}: {absent} not in the files: {ask}", "absent sub-issues")
        events = self.events.get(_api_url(issue, board, number), ())
        entry = _entry(board, number, issue, problems)
        return replace(
            entry,
            raw=[*entry.raw, *_github_links.cells(issue, board.id, self._ids)],
            parent=entry.parent or self._parents.get(entry.id),
            changes=(*_github_events.changes(issue, events),),
        )

    @cached_property
    def _issues(self) -> Sequence[tuple[str, JsonObject]]:
        """With the ids of their boards."""
        return [
            (_board(path, _url(issue)).id, issue)
            for path, issues in self.files
            for issue in objects(issues)
        ]

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(f"{board_id}#{_number(issue)}" for board_id, issue in self._issues)

    @cached_property
    def _children(self) -> Counter[str]:
        """How many sub-issues of an issue the files have or name."""
        above = {f"{id}#{_number(issue)}": _parent(id, issue) for id, issue in self._issues}
        return Counter(filter(None, {**above, **self._parents}.values()))

    @cached_property
    def _parents(self) -> Mapping[str, str]:
        return _github_links.parents(self._issues)


def _open(selection: Selection, _: "MondaySettings") -> Source:
    records = [(path, _issues(path)) for path in files_of(selection, _SUFFIXES)]
    events = _github_events.by_issue([record for _, page in records for record in page])
    files = [
        (path, [record for record in page if not _github_events.is_event(record)])
        for path, page in records
    ]
    read = Issues(files, events).read
    tables = tables_of(read)
    if not tables:
        raise ContentError(files[0][0], "", f"has no issue{first_problem(read)}")
    return FileSource(tables, selection)


def _issues(path: Path) -> Sequence[Json]:
    content = read_json(path)
    if not isinstance(content, list):
        hint = "Write it with `gh issue list --state all --limit 10000 --json number,title,…`."
        raise ContentError(path, "", "is no list of issues", hint=hint)
    # Pages that `gh api --paginate --slurp` wrote are lists in a list.
    return [issue for page in content for issue in (page if isinstance(page, list) else [page])]


def _entry(board: Board, number: str, issue: JsonObject, problems: Problems) -> Entry:
    comments, at = issue.get("comments"), f"{board.id}#{number}"
    if isinstance(comments, int) and comments:
        problems.add(
            f"{at}: {format_count(comments, 'comment is', 'comments are')} not in the file"
        )
    return Entry(
        where=f"#{number}",
        id=at,
        name=clean(issue.get("title")),
        raw=list(_raw(issue)),
        parent=_parent(board.id, issue),
        description=clean(issue.get("body")),
        creator=person_of(issue.get("author") or issue.get("user")) or "",
        created_ms=_moment(issue, "createdAt", "created_at"),
        updated_ms=_moment(issue, "updatedAt", "updated_at"),
        url=_url(issue),
        comments=tuple(_comment(at, comment) for comment in objects(comments)),
        losses=tuple(_github_links.KEYS.losses(_without_count(issue))),
    )


def _without_count(issue: JsonObject) -> JsonObject:
    """The REST API counts comments only, which is reported."""
    return {
        key: value
        for key, value in issue.items()
        if not (key == "comments" and isinstance(value, int))
    }


def _raw(issue: JsonObject) -> Iterator[tuple[Field, Raw]]:
    milestone = mapping(issue.get("milestone"))
    yield _STATUS, _state(issue)
    people = [
        person for assignee in objects(issue.get("assignees")) if (person := person_of(assignee))
    ]
    yield _ASSIGNEES, people
    yield _LABELS, list(_labels(issue.get("labels")))
    title = clean(milestone.get("title"))
    yield _MILESTONE, [title] if title else None
    # The time of day of a milestone is GitHub's own: people choose a day.
    yield _DUE, clean(milestone.get("dueOn") or milestone.get("due_on"))[:10]
    yield _CLOSED, clean(issue.get("closedAt") or issue.get("closed_at"))


def _state(issue: JsonObject) -> Option:
    state = clean(issue.get("state")).lower()
    reason = clean(issue.get("stateReason") or issue.get("state_reason")).lower()
    if state == "open" or reason in ("", "completed"):
        return _STATES["open" if state == "open" else "closed"]
    name = f"Closed as {reason.replace('_', ' ')}"
    return _STATES.get(reason) or Option(reason, name, done=True)


def _labels(labels: Json) -> Iterator[str]:
    for label in labels if isinstance(labels, list) else ():
        if name := clean(label.get("name") if isinstance(label, dict) else label):
            yield name


def _comment(at: str, comment: JsonObject) -> Comment:
    created = _moment(comment, "createdAt", "created_at")
    updated = _moment(comment, "updatedAt", "updated_at")
    return Comment(
        clean(comment.get("id")) or stable_id(at, comment),
        html_of_markdown(clean(comment.get("body"))),
        person_of(comment.get("author") or comment.get("user")) or "",
        created,
        updated if updated != created else None,
        likes=sum(_github_links.reactions(comment).values()),
    )


def _number(issue: Json) -> str:
    number = mapping(issue).get("number")
    return str(number) if isinstance(number, int) else ""


def _url(issue: Json) -> str:
    return clean(mapping(issue).get("html_url") or mapping(issue).get("url"))


def _api_url(issue: Json, board: Board, number: str) -> str:
    """Its address in GitHub's API; `gh` gives that of the page alone."""
    url = clean(mapping(issue).get("url"))
    is_api = "/repos/" in url
    return url if is_api else f"https://api.github.com/repos/{board.id}/issues/{number}"


def _is_pull_request(issue: JsonObject, url: str) -> bool:
    match = _ISSUE.fullmatch(url)
    return "pull_request" in issue or (match is not None and match[2] == "pull")


def _board(path: Path, url: str) -> Board:
    match = _ISSUE.fullmatch(url)
    if match is None:
        return Board(path.stem, path.stem, multi_level=True)
    address = url.split("/issues/")[0]
    return Board(match[1], match[1], url=address, multi_level=True)


def _parent(board_id: str, issue: JsonObject) -> str | None:
    """The issue above a sub-issue; REST gives an address, `gh` an object with a number."""
    parent = issue.get("parent") or issue.get("parent_issue_url")
    if isinstance(parent, str):
        match = _ISSUE.fullmatch(parent)
        number = parent.rpartition("/")[2]
        return f"{match[1] if match else board_id}#{number}" if number else None
    return _github_links.id_of(mapping(parent), board_id) if _number(parent) else None


def _moment(record: JsonObject, *names: str) -> int | None:
    return dates.unix_ms(next((clean(record[name]) for name in names if record.get(name)), ""))


SOURCE: Final = SourceKind(
    summary="GitHub issues: JSON of `gh issue list --json` or of the REST API.",
    open=_open,
    suffixes=_SUFFIXES,
    missing=(
        "pull requests: each is reported and left out",
        "comments in JSON of the REST API: it only counts them",
        "files and images: they stay links in the text",
        "e-mail addresses of people, unless they are public",
        "colours and texts of labels, milestones and projects; fields of projects but their status",
        "who reacted, and with what to a comment",
    ),
    item_noun="issue",
    ignored=_github_links.KEYS.ignored,
)
