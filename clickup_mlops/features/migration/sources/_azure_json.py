"""Azure DevOps: work items as its REST API and `az boards` give them, and lists of comments."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Final

from clickup_mlops.features.migration.records import Board, Person
from clickup_mlops.features.migration.sources._azure_csv import TYPES, raw_of
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.entries import (
    Comment,
    Entry,
    Field,
    Problems,
    Raw,
)
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.markup import (
    html_of_markdown,
    markdown_of_html,
)
from clickup_mlops.features.migration.sources._files.people import with_address
from clickup_mlops.features.migration.sources._files.text import clean, mapping, objects
from clickup_mlops.features.migration.sources._files.unread import Keys, ignore
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.spelling import format_count

_USED: Final = frozenset(
    {
        *("Id", "Rev", "Title", "Description", "TeamProject", "CreatedDate", "CreatedBy"),
        *("ChangedDate", "Parent", "CommentCount", "History", "Links.LinkType"),
    }
)
_DERIVED: Final = ignore(
    **{
        "numbers of what has a name too": "AreaId IterationId NodeName PersonId Watermark Id",
        "who may see a work item, and since when": "AuthorizedAs AuthorizedDate RevisedDate",
        "counted from what is in the file": (
            "AttachedFileCount HyperLinkCount ExternalLinkCount RelatedLinkCount RemoteLinkCount"
        ),
        "said by the state or the path too": " ".join(
            (
                "BoardLane BoardColumnDone Column",
                *(
                    f"{path}Level{level}"
                    for path in ("Area", "Iteration")
                    for level in range(1, 15)
                ),
            )
        ),
    }
)
KEYS: Final = Keys(
    read=frozenset(
        {
            *("id", "fields", "_links.html", "relations.rel", "relations.url"),
            *("relations.attributes.name", "relations.attributes.comment"),
        }
    ),
    ignored=_DERIVED
    | ignore(
        **{
            "numbers and pictures that only Azure DevOps uses": (
                "rev id imageUrl url _links descriptor version commentVersionRef count totalCount"
            ),
            "about a file or a link, not its content": (
                "resourceSize isLocked authorizedDate resourceCreatedDate resourceModifiedDate "
                "revisedDate"
            ),
        }
    ),
)
_MOST_IDS: Final = 200
"""In one call."""
_LEVELS: Final = re.compile(r"System\.(?:Area|Iteration)Level\d+")
_KANBAN: Final = re.compile(r"WEF_[0-9A-F]{32}_.*")
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ITEM_URL: Final = re.compile(r".*/workItems/(\d+)", re.IGNORECASE)


@dataclass
class WorkItems:
    """Files of one organisation: work items, and comments by the id of theirs."""

    files: Sequence[tuple[Path, Sequence[JsonObject]]]
    comments: Mapping[str, Sequence[JsonObject]]
    explanation: Explanation
    _successors: dict[str, list[str]] = field(default_factory=dict)
    """Ids of what must be done before, by the id of what waits: as the first says it."""

    def read(self, problems: Problems) -> Iterator[tuple[Board, Callable[[], Entry]]]:
        """Every work item with its project."""
        self._note_successors()
        for path, items in self.files:
            for number, item in enumerate(items, start=1):
                fields, id = mapping(item.get("fields")), clean(item.get("id"))
                if not id or not fields:
                    reason = "skipped, no id or no fields"
                    problems.add(f"{path.name}, work item {number}: {reason}")
                    continue
                name = clean(fields.get("System.TeamProject")) or path.stem
                board = Board(name, name, multi_level=True)
                yield board, partial(self._entry, id, item, fields, problems)

    def _note_successors(self) -> None:
        self._successors = {}
        for item in (item for _, items in self.files for item in items):
            for kind, id in _linked(item):
                if kind == "Dependency-Forward":
                    self._successors.setdefault(id, []).append(clean(item.get("id")))

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(clean(item.get("id")) for _, items in self.files for item in items)

    def _entry(self, id: str, item: JsonObject, fields: JsonObject, problems: Problems) -> Entry:
        comments = [*map(_comment, self.comments.get(id, ()))]
        expected = fields.get("System.CommentCount")
        if isinstance(expected, int) and expected > len(comments):
            count = format_count(expected - len(comments), "comment is", "comments are")
            problems.add(f"#{id}: {count} not in the file")
        children = {other for kind, other in _linked(item) if kind == "Hierarchy-Forward"}
        if absent := sorted(children - self._ids):
            count = format_count(len(absent), "child is", "children are")
            ask = f"get them with workitems?ids={','.join(absent[:_MOST_IDS])}&$expand=all"
            problems.add(f"#{id}: {count} not in the files: {ask}", "absent children")
        return Entry(
            where=f"#{id}",
            id=id,
            name=clean(fields.get("System.Title")),
            raw=[*self._fields(fields), *self._relations(id, item)],
            parent=_parent(item, fields),
            description=markdown_of_html(clean(fields.get("System.Description"))),
            creator=_person(fields.get("System.CreatedBy")) or "",
            created_ms=dates.unix_ms(clean(fields.get("System.CreatedDate"))),
            updated_ms=dates.unix_ms(clean(fields.get("System.ChangedDate"))),
            url=clean(mapping(mapping(item.get("_links")).get("html")).get("href")),
            comments=tuple(comments),
            losses=tuple(KEYS.losses(item)),
        )

    def _fields(self, fields: JsonObject) -> Iterator[tuple[Field, Raw]]:
        for name, value in fields.items():
            short = name.removeprefix("System.")
            if short in _USED or short in _DERIVED or _LEVELS.match(name) or _KANBAN.match(name):
                continue
            title = _title(name)
            if not self.explanation.is_ignored(title):
                id = re.sub(r"\W+", "_", name.lower())
                yield self.explanation.field(id, title, TYPES.get(title, "")), _raw(title, value)

    def _relations(self, id: str, item: JsonObject) -> Iterator[tuple[Field, Raw]]:
        links = list(_linked(item))
        waits = [wait for kind, wait in links if kind == "Dependency-Reverse"]
        waits += self._successors.get(id, [])
        dependencies = [
            {"item": other, "type": "FS", "lag_days": 0} for other in dict.fromkeys(waits)
        ]
        yield self._field("predecessors", "Predecessors", "dependency"), dependencies
        related: dict[str, list[Raw]] = {}
        for kind, other in links:
            if not kind.startswith(("Hierarchy-", "Dependency-")):
                title = _words(kind.removesuffix("-Forward").removesuffix("-Reverse"))
                related.setdefault(title, []).append({"item": other, "board": "", "name": other})
        for title, items in related.items():
            yield self._field(f"link_{title.lower()}", title, "board_relation"), items
        yield from self._addresses(item)

    def _addresses(self, item: JsonObject) -> Iterator[tuple[Field, Raw]]:
        files: list[Raw] = []
        pages: list[str] = []
        for relation in objects(item.get("relations")):
            kind, url = clean(relation.get("rel")), clean(relation.get("url"))
            about = mapping(relation.get("attributes"))
            if kind == "AttachedFile":
                files.append({"url": url, "name": clean(about.get("name")), "kind": ""})
            elif kind in ("Hyperlink", "ArtifactLink"):
                text = clean(about.get("comment") or about.get("name"))
                pages.append(f"{text}: {url}" if text else url)
        yield self._field("attachments", "Attachments", "file"), files
        yield self._field("links", "Links", "long_text"), "\n".join(pages)

    def _field(self, id: str, title: str, type_: str) -> Field:
        return self.explanation.field(id, title, type_)


def _linked(item: JsonObject) -> Iterator[tuple[str, str]]:
    """Kinds of links to other work items, without their namespace, and the items' ids."""
    for relation in objects(item.get("relations")):
        match = _ITEM_URL.fullmatch(clean(relation.get("url")))
        if match:
            yield clean(relation.get("rel")).rpartition(".")[2], match[1]


def _parent(item: JsonObject, fields: JsonObject) -> str | None:
    parents = [id for kind, id in _linked(item) if kind == "Hierarchy-Reverse"]
    return clean(fields.get("System.Parent")) or next(iter(parents), "") or None


def _title(name: str) -> str:
    """`Microsoft.VSTS.Scheduling.StoryPoints` as people see it: Story Points."""
    return _words(name.rpartition(".")[2])


def _words(name: str) -> str:
    return _WORDS.sub(" ", name)


def _raw(title: str, value: Json) -> Raw:
    if isinstance(value, dict) or TYPES.get(title) == "people":
        return [person] if (person := _person(value)) else None
    if isinstance(value, str):
        text = clean(value)
        return raw_of(title, text) if title in TYPES or "<" not in text else markdown_of_html(text)
    if title in TYPES and isinstance(value, int) and not isinstance(value, bool):
        return raw_of(title, str(value))
    return value


def _person(value: Json) -> Person | None:
    """An identity; older versions give `Name <address>`."""
    if isinstance(value, str):
        text = clean(value)
        return with_address(text) or (Person(text, text) if text else None)
    name, login = clean(mapping(value).get("displayName")), clean(mapping(value).get("uniqueName"))
    id = login or clean(mapping(value).get("id")) or name
    return Person(id, name or id, login if "@" in login else "") if id else None


def _comment(comment: JsonObject) -> Comment:
    created, changed = (
        dates.unix_ms(clean(comment.get(key))) for key in ("createdDate", "modifiedDate")
    )
    author = _person(comment.get("createdBy")) or ""
    text = clean(comment.get("text"))
    if comment.get("format") == "markdown":
        text = html_of_markdown(text)
    edited = changed if changed != created else None
    return Comment(f"comment-{clean(comment.get('id'))}", text, author, created, edited)
