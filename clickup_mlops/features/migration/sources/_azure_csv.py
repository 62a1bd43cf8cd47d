"""Azure DevOps: a query exported as CSV. A tree of items has a column of titles for each level."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from clickup_mlops.features.migration.records import Board, Option
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.entries import Entry, Field, Problems, Raw
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.inference import is_done
from clickup_mlops.features.migration.sources._files.markup import markdown_of_html
from clickup_mlops.features.migration.sources._files.text import CsvFile

TYPES: Final[Mapping[str, str]] = {
    "State": "status",
    "Work Item Type": "dropdown",
    "Assigned To": "people",
    "Tags": "tags",
    "Area Path": "dropdown",
    "Iteration Path": "dropdown",
    "Reason": "dropdown",
    "Priority": "status",
    "Severity": "status",
    "Due Date": "date",
    "Start Date": "date",
    "Target Date": "date",
    "Closed Date": "date",
    "Activated Date": "date",
    "Resolved Date": "date",
    "Closed By": "people",
    "Resolved By": "people",
    "Activated By": "people",
    "Changed By": "people",
    "Acceptance Criteria": "long_text",
    "Repro Steps": "long_text",
    "System Info": "long_text",
}
"""The types of columns by title, in both forms of an export."""
SINGLE: Final = frozenset({"Work Item Type", "Area Path", "Iteration Path", "Reason"})
_HTML: Final = frozenset({"Acceptance Criteria", "Repro Steps", "System Info"})
_TITLE: Final = re.compile(r"Title(?: (\d{1,2}))?")
_USED: Final = frozenset(
    {"ID", "Description", "Created By", "Created Date", "Changed Date", "Parent", "Team Project"}
)

Values = Mapping[str, str]
Row = tuple[Values, str, str | None]
"""Values by title, the item's title, and the id of the item above, by its place in a tree."""


@dataclass(frozen=True, slots=True)
class QueryFile:
    """The rows of a file."""

    file: CsvFile
    explanation: Explanation

    def read(self, problems: Problems) -> Iterator[tuple[Board, Callable[[], Entry]]]:
        """Every work item with its project."""
        fields = self._fields()
        for values, title, above in self._rows(problems):
            named = (values, title, above)
            yield self._board(values), partial(self._entry, named, fields, problems)

    def _rows(self, problems: Problems) -> Iterator[Row]:
        levels: list[str] = []
        columns = [
            (title, int(match[1] or 1))
            for title in self.file.titles
            if (match := _TITLE.fullmatch(title))
        ]
        for row in self.file.rows(problems):
            values = dict(zip(self.file.titles, row.cells, strict=True))
            names = [(level, values[title]) for title, level in columns if values[title]]
            if not values.get("ID") or not names:
                where = f"{self.file.path.name}, line {row.line}"
                problems.add(f"{where}: skipped, it has no ID or no title")
                continue
            level, name = names[0]
            levels[level - 1 :] = [values["ID"]]
            yield values, name, levels[level - 2] if 2 <= level <= len(levels) else None

    def _fields(self) -> Sequence[tuple[Field, str]]:
        titles = [
            title
            for title in self.file.titles
            if title
            and title not in _USED
            and not _TITLE.fullmatch(title)
            and not self.explanation.is_ignored(title)
        ]
        return list(zip(self.explanation.fields(titles, TYPES), titles, strict=True))

    def _board(self, values: Values) -> Board:
        name = values.get("Team Project") or self.file.path.stem
        return Board(name, name, multi_level=True)

    def _entry(self, row: Row, fields: Sequence[tuple[Field, str]], problems: Problems) -> Entry:
        values, title, above = row
        return Entry(
            where=f"#{values['ID']}",
            id=values["ID"],
            name=title,
            raw=[(field, raw_of(title, values[title])) for field, title in fields],
            parent=values.get("Parent") or above,
            description=markdown_of_html(values.get("Description", "")),
            creator=values.get("Created By", ""),
            created_ms=self._moment(values, "Created Date", problems),
            updated_ms=self._moment(values, "Changed Date", problems),
        )

    def _moment(self, values: Values, title: str, problems: Problems) -> int | None:
        """A time as the exporter's language writes it: the columns file may say how."""
        explained = self.explanation.columns.get(title)
        text = values.get(title, "")
        parsed = dates.unix_ms(text, explained.date_format if explained else "")
        if text and parsed is None:
            kind = f'"{title}" is left out: give its `date_format` in a columns file'
            problems.add(f'#{values["ID"]}: {kind}: "{text}" is no date', kind)
        return parsed


def raw_of(title: str, text: str) -> Raw:
    """The value of a column that has a text."""
    if not text:
        return None
    if title == "State":
        return Option(text, text, done=is_done(text) or text.lower() == "removed")
    if title == "Tags":
        return [tag.strip() for tag in text.split(";") if tag.strip()]
    if title in _HTML:
        return markdown_of_html(text)
    return [text] if title in SINGLE or TYPES.get(title) == "people" else text
