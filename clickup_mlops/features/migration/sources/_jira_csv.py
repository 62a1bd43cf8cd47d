"""Jira's CSV export. A column with several values is repeated, once for each of them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from clickup_mlops.features.migration.records import Board, Option, Person
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
from clickup_mlops.features.migration.sources._files.markup import (
    html_of_markdown,
    markdown_of_wiki,
)
from clickup_mlops.features.migration.sources._files.text import CsvFile, CsvRow, stable_id

TYPES: Final[Mapping[str, str]] = {
    "Status": "status",
    "Priority": "status",
    "Issue Type": "dropdown",
    "Assignee": "people",
    "Reporter": "people",
    "Due date": "date",
    "Labels": "tags",
    "Sprint": "dropdown",
    "Components": "dropdown",
    "Component/s": "dropdown",
    "Fix versions": "dropdown",
    "Fix Version/s": "dropdown",
    "Affects versions": "dropdown",
    "Affects Version/s": "dropdown",
    "Resolution": "dropdown",
    "Resolved": "date",
    "Story Points": "numbers",
    "Story point estimate": "numbers",
}
"""The types of Jira's own fields by title; those of others are found from the values."""
_USED: Final = frozenset(
    {
        *(
            "Summary",
            "Issue key",
            "Issue id",
            "Parent",
            "Parent id",
            "Parent key",
            "Parent summary",
        ),
        *("Description", "Created", "Updated", "Creator", "Watchers", "Comment", "Attachment"),
        *("Log Work", "Time Spent", "Original Estimate", "Remaining Estimate", "Status Category"),
    }
)
"""What is no column of its own, because it goes elsewhere."""
_DERIVED: Final = re.compile(r"Project .*|Σ.*|Work Ratio|Last Viewed|.* Id|Parent .*|Sub-?tasks?")
_CUSTOM: Final = re.compile(r"Custom field \((.+)\)")
_LINK: Final = re.compile(r"(Inward|Outward) issue link \((.+)\)")
_BLOCKS: Final = "blocks"
EPIC_LINKS: Final = ("Epic Link", "Parent Link")
"""Custom fields that name the issue above, in Jira Data Center."""

Values = Mapping[str, Sequence[str]]
"""The values of a row by title, without empty ones."""


@dataclass(frozen=True, slots=True)
class Csv:
    """Files of one Jira: it exports 1,000 issues a file, so that one project may need several."""

    files: Sequence[CsvFile]
    explanation: Explanation

    def read(self, problems: Problems) -> Iterator[tuple[Board, Callable[[], Entry]]]:
        """Every issue with its project."""
        export = self._overview()
        for path, row, values in self._rows(problems):
            if "Issue key" not in values:
                problems.add(f"{path.name}, line {row.line}: skipped, it has no issue key")
                continue
            yield self._board(values), partial(self._entry, values, export, problems)

    def _overview(self) -> "Overview":
        export = Overview()
        for _, _, values in self._rows(Problems()):
            if key := first(values, "Issue key"):
                export.keys[first(values, "Issue id") or key] = key
                export.issues.add(key)
                for blocked in _linked(values, "Outward", _BLOCKS):
                    export.blockers.setdefault(blocked, []).append(key)
        return export

    def _rows(self, problems: Problems) -> Iterator[tuple[Path, CsvRow, Values]]:
        for file in self.files:
            for row in file.rows(problems):
                values: dict[str, list[str]] = {}
                for title, cell in zip(file.titles, row.cells, strict=True):
                    if cell:
                        values.setdefault(title, []).append(cell)
                yield file.path, row, values

    def _board(self, values: Values) -> Board:
        key = first(values, "Project key") or values["Issue key"][0].rpartition("-")[0]
        return Board(key, first(values, "Project name") or key, multi_level=True)

    def _entry(self, values: Values, export: "Overview", problems: Problems) -> Entry:
        key, parent = values["Issue key"][0], _parent(values)
        created = first(values, "Created")
        if created and dates.unix_ms(created) is None:
            problems.add(f'{key}: no time of creation, "{created}" is no date')
        return Entry(
            where=key,
            id=key,
            name=first(values, "Summary"),
            raw=list(self._raw(values, export, problems)),
            parent=export.keys.get(parent, parent) or None,
            description=markdown_of_wiki(first(values, "Description")),
            creator=_people(values, "Creator")[0] if "Creator" in values else "",
            subscribers=tuple(_people(values, "Watchers")),
            created_ms=dates.unix_ms(created),
            updated_ms=dates.unix_ms(first(values, "Updated")),
            comments=tuple(_comments(key, values.get("Comment", ()))),
        )

    def _raw(
        self, values: Values, export: "Overview", problems: Problems
    ) -> Iterator[tuple[Field, Raw]]:
        for title, texts in values.items():
            if title in _USED or _DERIVED.fullmatch(title) or _LINK.fullmatch(title):
                continue
            name = (_CUSTOM.fullmatch(title) or ("", title))[1]
            if name in EPIC_LINKS and texts[0] == _parent(values):
                continue
            if not self.explanation.is_ignored(name):
                type_ = TYPES.get(name, "")
                yield self._field(name, type_), _raw_of(name, type_, texts, values)
        yield from self._times(values, problems)
        yield from self._links(values, export)
        if attachments := [_attachment(text) for text in values.get("Attachment", ())]:
            yield self._field("Attachments", "file"), attachments

    def _field(self, title: str, type_: str) -> Field:
        return self.explanation.field(
            re.sub(r"\W+", "_", title.casefold()).strip("_"), title, type_
        )

    def _times(self, values: Values, problems: Problems) -> Iterator[tuple[Field, Raw]]:
        for title in ("Original Estimate", "Remaining Estimate"):
            if (text := first(values, title)).isdecimal():
                yield self._field(f"{title} (hours)", "numbers"), round(int(text) / 3600, 2)
        entries = []
        for text in values.get("Log Work", ()):
            if entry := _work(text):
                entries.append(entry)
            else:
                kind = "logged work cannot be read"
                problems.add(f'{values["Issue key"][0]}: {kind}: "{text:.80}"', kind)
        spent = first(values, "Time Spent")
        logged = sum(entry["to_ms"] - entry["from_ms"] for entry in entries) // 1000
        if seconds := int(spent) if spent.isdecimal() else logged:
            tracked = {"seconds": seconds, "running": False, "entries": entries}
            yield self._field("Time Spent", "time_tracking"), tracked

    def _links(self, values: Values, export: "Overview") -> Iterator[tuple[Field, Raw]]:
        """A dependency belongs to the issue that waits, whichever of both names the other. What
        waits and is not in the files stays a relation.
        """
        blockers = [
            *_linked(values, "Inward", _BLOCKS),
            *export.blockers.get(values["Issue key"][0], ()),
        ]
        if waits := [waits_for(key) for key in dict.fromkeys(blockers)]:
            yield self._field("Blocked by", "dependency"), waits
        outside = [key for key in _linked(values, "Outward", _BLOCKS) if key not in export.issues]
        related = {"Blocks": outside} if outside else {}
        for title, keys in values.items():
            link = _LINK.fullmatch(title)
            if link and link[2].lower() != _BLOCKS:
                related.setdefault(link[2], []).extend(keys)
        for name, keys in related.items():
            yield self._field(name, "board_relation"), [related_to(key) for key in keys]


@dataclass(frozen=True, slots=True)
class Overview:
    """What the rows of an export say about each other.

    `keys` of issues by their ids; `issues`: all keys; `blockers`: keys by that of what they block.
    """

    keys: dict[str, str] = field(default_factory=dict)
    issues: set[str] = field(default_factory=set)
    blockers: dict[str, list[str]] = field(default_factory=dict)


def _parent(values: Values) -> str:
    """The key or id of the issue above, such as an epic."""
    epics = (f"Custom field ({name})" for name in EPIC_LINKS)
    return first(values, "Parent key") or first(values, "Parent id", "Parent", *epics)


def _linked(values: Values, direction: str, kind: str) -> Iterator[str]:
    """The keys that an issue names in links of a kind, in one direction."""
    for title, keys in values.items():
        link = _LINK.fullmatch(title)
        if link and (link[1], link[2].lower()) == (direction, kind):
            yield from keys


def first(values: Values, *titles: str) -> str:
    """The first value of the first of these columns that has one."""
    return next((values[title][0] for title in titles if title in values), "")


def waits_for(key: str) -> dict[str, Raw]:
    """An item of a dependency."""
    return {"item": key, "type": "FS", "lag_days": 0}


def related_to(key: str) -> dict[str, Raw]:
    """An item of a connection; its board is the project in its key."""
    return {"item": key, "board": key.rpartition("-")[0], "name": key}


def _raw_of(title: str, type_: str, texts: Sequence[str], values: Values) -> Raw:
    if title == "Status":
        is_final = first(values, "Status Category").lower() == "done" or is_done(texts[0])
        return Option(texts[0], texts[0], done=is_final)
    if type_ == "people":
        return _people(values, title)
    is_list = len(texts) > 1 or type_ in ("tags", "dropdown")
    return list(texts) if is_list else texts[0]


def _people(values: Values, title: str) -> Sequence[Raw]:
    """Names beside account ids, where the export has a column of these."""
    names, ids = values.get(title, ()), values.get(f"{title} Id", ())
    if len(ids) != len(names):
        return names
    return [
        Person(id, name, name if "@" in name else "") for id, name in zip(ids, names, strict=True)
    ]


def _comments(key: str, texts: Sequence[str]) -> Iterator[Comment]:
    """From `date;author;text`. They have no ids: one that was edited keeps its time and author."""
    counts: Counter[str] = Counter()
    for text in texts:
        when, author, body = [*text.split(";", 2), "", ""][:3]
        created = dates.unix_ms(when.strip())
        if created is None:
            author, body = "", text
        html = html_of_markdown(markdown_of_wiki(body))
        identity = f"{created}\x1f{author.strip()}" if created is not None else text
        yield Comment(stable_id(key, identity, counts[identity]), html, author.strip(), created)
        counts[identity] += 1


def _attachment(text: str) -> dict[str, str]:
    """`date;author;name;url`."""
    before, _, url = text.rpartition(";")
    name = before.split(";", 2)[-1]
    return {"url": url, "name": name, "kind": ""}


def _work(text: str) -> dict[str, Raw]:
    """`comment;date;author;seconds`; nothing if it is written otherwise."""
    *before, at, author, seconds = ["", "", "", *text.rsplit(";", 3)]
    start = dates.unix_ms(at.strip())
    if start is None or not seconds.strip().isdecimal():
        return {}
    end = start + int(seconds) * 1000
    entry = {"from_ms": start, "to_ms": end, "person": author.strip(), "manual": True}
    return entry | ({"text": note} if (note := before[-1].strip()) else {})
