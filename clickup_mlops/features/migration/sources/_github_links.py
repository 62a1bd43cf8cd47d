"""What GitHub knows of an issue besides its text: relations, projects, reactions. Pure.

`gh` gives lists in `{"nodes": [...], "totalCount": n}`, the REST API gives them plain.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from clickup_mlops.features.migration.sources._files.entries import Field, Raw
from clickup_mlops.features.migration.sources._files.text import clean, mapping, objects
from clickup_mlops.features.migration.sources._files.unread import Keys, ignore
from clickup_mlops.features.migration.sources._github_events import person_of
from clickup_mlops.json_types import Json, JsonObject

_TYPE: Final = Field("type", "Type", "dropdown")
_PROJECTS: Final = Field("projects", "Projects", "dropdown")
_PROJECT_STATUS: Final = Field("project_status", "Project status", "dropdown")
_CLOSED_BY: Final = Field("closed_by", "Closed by", "people")
_PULLS: Final = Field("pull_requests", "Pull requests", "long_text")
_REACTIONS: Final = Field("reactions", "Reactions", "text")
_BLOCKED_BY: Final = Field("blocked_by", "Blocked by", "dependency")
_BLOCKING: Final = Field("blocking", "Blocking", "board_relation")
_SUB_ISSUES: Final = Field("sub_issues", "Sub-issues", "board_relation")
_COUNTS: Final = frozenset({"url", "total_count"})

_LISTS: Final = ("blockedBy", "blocking", "subIssues")
_REFERENCES: Final = ("parent", *_LISTS, *(f"{name}.nodes" for name in _LISTS))
_REFERENCE: Final = ("number", "repository.nameWithOwner")
_PEOPLE: Final = ("author", "user", "assignees", "closed_by", "closedBy")
_PERSON: Final = ("login", "name", "email", "type", "is_bot")
KEYS: Final = Keys(
    read=frozenset(
        {
            *("number", "title", "body", "state", "stateReason", "state_reason", "html_url"),
            *("createdAt", "created_at", "updatedAt", "updated_at", "closedAt", "closed_at"),
            *("milestone.title", "milestone.dueOn", "milestone.due_on", "milestone.closed_at"),
            *("milestone.closedAt", "labels.name", "parent_issue_url"),
            *("type.name", "issueType.name", "reactions", "reactionGroups", "issue_field_values"),
            *(
                "projectItems.title",
                "projectItems.status.name",
                "closedByPullRequestsReferences.url",
            ),
            *("comments.id", "comments.body", "comments.createdAt", "comments.created_at"),
            *("comments.updatedAt", "comments.updated_at", "comments.reactionGroups"),
            *("comments.reactions",),
            *(f"{place}.{key}" for place in _REFERENCES for key in _REFERENCE),
            *(f"{place}.{key}" for place in _PEOPLE for key in _PERSON),
            *(f"comments.{place}.{key}" for place in ("author", "user") for key in _PERSON),
        }
    ),
    ignored=ignore(
        **{
            "a number that only GitHub uses": "id node_id databaseId optionId issue_field_id",
            "an address: the issue's own is kept": (
                "url repository_url labels_url comments_url events_url timeline_url avatar_url"
            ),
            "said by another key too": (
                "closed assignee totalCount total_count subIssuesSummary sub_issues_summary "
                "total_blocked_by total_blocking data_type single_select_option"
            ),
            "of a label, milestone, type or project, not of the issue": (
                "color description default is_enabled open_issues closed_issues creator owner "
                "milestone.number milestone.state milestone.created_at milestone.updated_at "
                "projectItems.project"
            ),
            "how GitHub treats its author": (
                "authorAssociation author_association viewerDidAuthor site_admin "
                "performed_via_github_app"
            ),
            "says that a comment was edited, but not when": "includesCreatedEdit",
            "said by the other issue itself": " ".join(
                f"{place}.{key}" for place in _REFERENCES for key in ("title", "state")
            ),
            "said by its address": (
                "closedByPullRequestsReferences.number closedByPullRequestsReferences.repository"
            ),
            "reactions to a comment become a number of likes": "comments.reactionGroups.content",
            "history: only states, assignees and pull requests are read of it": "timeline",
        }
    ),
)


def references(value: Json) -> Iterator[JsonObject]:
    """The issues or pull requests of a list."""
    yield from objects(mapping(value).get("nodes") if isinstance(value, dict) else value)


def id_of(reference: JsonObject, board_id: str) -> str:
    """Of an issue that another one names; it is on the same board unless it says otherwise."""
    repository = clean(mapping(reference.get("repository")).get("nameWithOwner"))
    return f"{repository or board_id}#{clean(reference.get('number'))}"


def cells(issue: JsonObject, board_id: str, present: frozenset[str]) -> Iterator[tuple[Field, Raw]]:
    """Its values; `present` are the ids of the issues in the files."""
    kind = clean(mapping(issue.get("issueType") or issue.get("type")).get("name"))
    yield _TYPE, [kind] if kind else None
    projects = objects(issue.get("projectItems"))
    yield _PROJECTS, _texts(item.get("title") for item in projects)
    yield _PROJECT_STATUS, _texts(mapping(item.get("status")).get("name") for item in projects)
    closer = person_of(issue.get("closedBy") or issue.get("closed_by"))
    yield _CLOSED_BY, [closer] if closer else None
    yield _PULLS, "\n".join(dict.fromkeys(_pull_requests(issue)))
    yield _REACTIONS, ", ".join(f"{name}: {count}" for name, count in reactions(issue).items())
    yield from _relations(issue, board_id, present)
    for value in objects(issue.get("issue_field_values")):
        title = clean(value.get("name")) or f"Issue field {clean(value.get('issue_field_id'))}"
        yield Field(f"field_{title.casefold().replace(' ', '_')}", title), clean(value.get("value"))


def _relations(
    issue: JsonObject, board_id: str, present: frozenset[str]
) -> Iterator[tuple[Field, Raw]]:
    """What is in the files says itself what it waits for, and is a subitem of its parent."""
    waits = [id_of(other, board_id) for other in references(issue.get("blockedBy"))]
    yield _BLOCKED_BY, [{"item": id, "type": "FS", "lag_days": 0} for id in waits]
    for key, field in (("blocking", _BLOCKING), ("subIssues", _SUB_ISSUES)):
        ids = [id_of(other, board_id) for other in references(issue.get(key))]
        yield field, [{"item": id, "board": "", "name": id} for id in ids if id not in present]


def _pull_requests(issue: JsonObject) -> Iterator[str]:
    """Addresses of those that close it, or that name it in the timeline."""
    for pull in references(issue.get("closedByPullRequestsReferences")):
        yield clean(pull.get("url"))
    for event in objects(issue.get("timeline")):
        source = mapping(mapping(event.get("source")).get("issue"))
        if "pull_request" in source:
            yield clean(source.get("html_url"))


def reactions(record: JsonObject) -> dict[str, int]:
    """Of an issue or comment, by kind."""
    groups = {
        clean(group.get("content")).lower(): mapping(group.get("users")).get("totalCount")
        for group in objects(record.get("reactionGroups"))
    }
    counts = mapping(record.get("reactions")) or groups
    return {
        clean(name): count
        for name, count in counts.items()
        if name not in _COUNTS and isinstance(count, int) and count > 0
    }


def _texts(values: Iterable[Json]) -> Sequence[str]:
    return list(dict.fromkeys(text for value in values if (text := clean(value))))


def parents(issues: Iterable[tuple[str, JsonObject]]) -> Mapping[str, str]:
    """Sub-issues by what issues say of them: their ids, and that of the issue above. `issues` are
    given with their boards' ids.
    """
    return {
        id_of(child, board_id): id_of(issue, board_id)
        for board_id, issue in issues
        for child in references(issue.get("subIssues"))
    }
