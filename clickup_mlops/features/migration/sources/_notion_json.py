"""Notion's objects as its API gives them: pages of databases, blocks, comments and users."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from clickup_mlops.features.migration.records import Board, Option, Person, SourceLoss
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.entries import (
    Comment,
    Entry,
    Field,
    Problems,
    Raw,
)
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.inference import is_done
from clickup_mlops.features.migration.sources._files.markup import html_of_text
from clickup_mlops.features.migration.sources._files.text import clean, mapping, objects
from clickup_mlops.features.migration.sources._files.unread import (
    NOT_READ,
    Keys,
    as_json,
    ignore,
)
from clickup_mlops.json_types import Json, JsonObject

_TYPES: Final[Mapping[str, str]] = {
    "rich_text": "text",
    "number": "numbers",
    "select": "dropdown",
    "multi_select": "dropdown",
    "status": "status",
    "date": "date",
    "people": "people",
    "last_edited_by": "people",
    "files": "file",
    "checkbox": "checkbox",
    "url": "link",
    "email": "email",
    "phone_number": "phone",
    "relation": "board_relation",
    "unique_id": "text",
    "rollup": "text",
    "formula": "",
}
"""Column types by types of properties."""
_ELSEWHERE: Final = frozenset({"title", "created_time", "last_edited_time", "created_by", "button"})
KEYS: Final = Keys(
    read=frozenset(
        {
            *("id", "parent", "properties", "created_by", "created_time", "last_edited_time"),
            *("url", "archived", "in_trash"),
        }
    ),
    ignored=ignore(
        **{
            "numbers and words that only Notion uses": (
                "object type id request_id next_cursor has_more title.type table_width"
            ),
            "how a page looks": "icon cover color is_locked",
            "said by another key too": "last_edited_by parent.workspace rollup.function public_url",
            "a relation that the other page has as well": "Sub-item",
        }
    ),
)
_PARENTS: Final = frozenset({"Parent item", "Parent task"})
_BLOCKED: Final = "Blocked by"
_MIRRORS: Final[Mapping[str, frozenset[str]]] = {
    "Sub-item": _PARENTS,
    "Sub-items": _PARENTS,
    "Sub-tasks": _PARENTS,
    "Blocking": frozenset({_BLOCKED}),
}
"""Relations that the other item has as well, under these titles."""
_PREFIXES: Final[Mapping[str, str]] = {
    "heading_1": "# ",
    "heading_2": "## ",
    "heading_3": "### ",
    "bulleted_list_item": "- ",
    "numbered_list_item": "1. ",
    "quote": "> ",
    "callout": "> ",
}
_DEEPEST: Final = 20


@dataclass
class Objects:
    """Objects of one workspace by what they are."""

    pages: list[JsonObject] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """Of databases, by id."""
    people: list[Person] = field(default_factory=list)
    blocks: dict[str, list[JsonObject]] = field(default_factory=dict)
    """By the id of the page or block that they are in."""
    comments: dict[str, list[JsonObject]] = field(default_factory=dict)
    """By the id of their page."""

    def add(self, raw: JsonObject) -> None:
        """Take an object."""
        kind, parent = clean(raw.get("object")), mapping(raw.get("parent"))
        if kind == "page":
            self.pages.append(raw)
        elif kind in ("database", "data_source"):
            self.names[plain_id(raw.get("id"))] = _plain(raw.get("title"))
        elif kind == "user" and (person := _person(raw)):
            self.people.append(person)
        elif kind == "block":
            above = parent.get("block_id") or parent.get("page_id")
            self.blocks.setdefault(plain_id(above), []).append(raw)
        elif kind == "comment":
            self.comments.setdefault(plain_id(parent.get("page_id")), []).append(raw)


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of databases."""

    contents: Objects
    explanation: Explanation

    def read(self, problems: Problems) -> Iterator[tuple[Board, Callable[[], Entry]]]:
        """Every page with its database."""
        for number, page in enumerate(self.contents.pages, start=1):
            id, properties = plain_id(page.get("id")), mapping(page.get("properties"))
            parent = mapping(page.get("parent"))
            database = plain_id(parent.get("data_source_id") or parent.get("database_id"))
            if not id or not database:
                problems.add(f"page {number}: skipped, it is in no database")
                continue
            name = self.contents.names.get(database) or database
            board = Board(database, name, multi_level=True)
            yield board, partial(self._entry, id, page, properties, problems)

    def _entry(
        self, id: str, page: JsonObject, properties: JsonObject, problems: Problems
    ) -> Entry:
        titles = (_plain(mapping(value).get("title")) for value in properties.values())
        name = next(filter(None, titles), "")
        return Entry(
            where=f'page "{name}"',
            id=id,
            name=name,
            raw=list(self._raw(properties)),
            parent=_parent(properties),
            description="\n\n".join(self._text(id, name, problems, 0)),
            creator=_person(page.get("created_by")) or "",
            created_ms=dates.unix_ms(clean(page.get("created_time"))),
            updated_ms=dates.unix_ms(clean(page.get("last_edited_time"))),
            url=clean(page.get("url")),
            archived=page.get("archived") is True or page.get("in_trash") is True,
            comments=tuple(map(_comment, self.contents.comments.get(id, ()))),
            losses=(*KEYS.losses(page), *self._unread(properties)),
        )

    def _unread(self, properties: JsonObject) -> Iterator[SourceLoss]:
        """Properties of a type that no column has."""
        for title, about in properties.items():
            kind = clean(mapping(about).get("type"))
            value = mapping(about).get(kind)
            is_read = kind in _TYPES.keys() | _ELSEWHERE or self.explanation.is_ignored(title)
            if value and not is_read:
                yield SourceLoss(title, NOT_READ, as_json(value))

    def _raw(self, properties: JsonObject) -> Iterator[tuple[Field, Raw]]:
        for title, value in properties.items():
            about = mapping(value)
            kind = clean(about.get("type"))
            is_mirror = not _MIRRORS.get(title, frozenset()).isdisjoint(properties)
            if kind in _ELSEWHERE or is_mirror or self.explanation.is_ignored(title):
                continue
            if title in _PARENTS and kind == "relation" and _parent({title: value}):
                continue
            if kind in _TYPES:
                yield from self._property(title, kind, about)

    def _property(self, title: str, kind: str, about: JsonObject) -> Iterator[tuple[Field, Raw]]:
        id, value = clean(about.get("id")) or title, about.get(kind)
        if title == _BLOCKED and kind == "relation":
            waits = [{"item": other, "type": "FS", "lag_days": 0} for other in _related(value)]
            yield self.explanation.field(id, title, "dependency"), waits
            return
        yield self.explanation.field(id, title, _TYPES[kind]), _value(kind, value)
        if kind == "date":
            end = clean(mapping(value).get("end"))
            yield self.explanation.field(f"{id}_end", f"{title} (end)", "date"), end

    def _text(self, id: str, name: str, problems: Problems, depth: int) -> Iterator[str]:
        """What is on the page, as Markdown."""
        for block in self.contents.blocks.get(id, ()) if depth < _DEEPEST else ():
            kind = clean(block.get("type"))
            about = mapping(block.get(kind))
            text = _block(kind, about)
            below = list(self._text(plain_id(block.get("id")), name, problems, depth + 1))
            if text:
                yield text
            elif kind not in ("paragraph", "divider", "column_list", "column") and not below:
                problems.add(f'page "{name}": a block is left out: {kind}', f"a block: {kind}")
            yield from below


def plain_id(raw: Json) -> str:
    """An id without its hyphens, as in addresses."""
    return clean(raw).replace("-", "").lower()


def _plain(texts: Json) -> str:
    return clean("".join(str(text.get("plain_text") or "") for text in objects(texts)))


def _parent(properties: JsonObject) -> str | None:
    for title in _PARENTS:
        ids = _related(mapping(properties.get(title)).get("relation"))
        if len(ids) == 1:
            return ids[0]
    return None


def _related(value: Json) -> Sequence[str]:
    return [id for relation in objects(value) if (id := plain_id(relation.get("id")))]


def _value(kind: str, value: Json) -> Raw:
    if kind in _READERS:
        return _READERS[kind](value)
    return value if isinstance(value, str | int | float | bool) else None


def _select(value: Json) -> Raw:
    name = clean(mapping(value).get("name"))
    return [name] if name else None


def _status(value: Json) -> Raw:
    name = clean(mapping(value).get("name"))
    return Option(name, name, done=is_done(name)) if name else None


def _names(value: Json) -> Raw:
    return [name for option in objects(value) if (name := clean(option.get("name")))]


def _people(value: Json) -> Raw:
    users = objects(value) if isinstance(value, list) else [mapping(value)]
    return [person for user in users if (person := _person(user))]


def _person(user: Json) -> Person | None:
    about = mapping(user)
    id, name = plain_id(about.get("id")), clean(about.get("name"))
    email, is_bot = clean(mapping(about.get("person")).get("email")), about.get("type") == "bot"
    return Person(id, name or id, email, "agent" if is_bot else "person") if id else None


def _files(value: Json) -> Raw:
    return [
        {"url": url, "name": clean(file.get("name")), "kind": ""}
        for file in objects(value)
        if (url := clean(mapping(file.get("external") or file.get("file")).get("url")))
    ]


def _computed(value: Json) -> Raw:
    """A formula or roll-up: what it shows."""
    about = mapping(value)
    kind = clean(about.get("type"))
    result = about.get(kind)
    if kind == "array":
        texts = (_shown(mapping(entry)) for entry in objects(result))
        return ", ".join(filter(None, texts))
    if kind == "date":
        return clean(mapping(result).get("start"))
    return result if isinstance(result, str | int | float | bool) else None


def _shown(entry: JsonObject) -> str:
    """A property's value as text."""
    kind = clean(entry.get("type"))
    value = entry.get(kind)
    if kind in ("title", "rich_text"):
        return _plain(value)
    raw = _value(kind, value)
    names = (getattr(each, "name", each) for each in (raw if isinstance(raw, list) else [raw]))
    return ", ".join(clean(name) for name in names if isinstance(name, str | int | float))


def _unique(value: Json) -> Raw:
    prefix, number = clean(mapping(value).get("prefix")), clean(mapping(value).get("number"))
    return f"{prefix}-{number}" if prefix and number else number


_READERS: Final[Mapping[str, Callable[[Json], Raw]]] = {
    "rich_text": _plain,
    "select": _select,
    "status": _status,
    "multi_select": _names,
    "date": lambda value: clean(mapping(value).get("start")),
    "people": _people,
    "last_edited_by": _people,
    "files": _files,
    "relation": lambda value: [{"item": id, "board": "", "name": id} for id in _related(value)],
    "formula": _computed,
    "rollup": _computed,
    "unique_id": _unique,
}


def _block(kind: str, about: JsonObject) -> str:
    text = _plain(about.get("rich_text"))
    if kind == "to_do":
        return f"- [{'x' if about.get('checked') is True else ' '}] {text}"
    if kind == "code":
        return f"```{clean(about.get('language'))}\n{text}\n```"
    if not text:
        address = mapping(about.get("external") or about.get("file")).get("url") or about.get("url")
        return f"<{clean(address)}>" if clean(address).startswith("http") else ""
    return f"{_PREFIXES.get(kind, '')}{text}"


def _comment(comment: JsonObject) -> Comment:
    return Comment(
        plain_id(comment.get("id")),
        html_of_text(_plain(comment.get("rich_text"))),
        _person(comment.get("created_by")) or "",
        dates.unix_ms(clean(comment.get("created_time"))),
    )


def collect(answers: Iterable[Json], problems: Problems) -> Objects:
    """The objects of answers: lists of them, or single ones."""
    contents, open_lists, lists = Objects(), 0, 0
    for answer in answers:
        for page in answer if isinstance(answer, list) else [answer]:
            about = mapping(page)
            is_list = about.get("object") == "list"
            lists += is_list
            open_lists += is_list and about.get("has_more") is True
            for raw in objects(about.get("results")) if is_list else objects([page]):
                contents.add(raw)
    if lists and open_lists == lists:
        problems.add("more results follow: save the answers up to the one without has_more")
    return contents
