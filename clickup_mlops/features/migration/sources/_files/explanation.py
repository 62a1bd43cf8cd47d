"""The file that says what columns are, where the data alone does not. Its keys are documented here.

```toml
name = "Backlog"
title = "Summary"
id = "Key"

[columns."Due"]
type = "date"
date_format = "%d.%m.%Y"
```
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import Field as Key
from pydantic import ValidationError, field_validator

from clickup_mlops import content
from clickup_mlops.config import Table, explain_problem
from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.sources._files import values
from clickup_mlops.features.migration.sources._files.entries import Field
from clickup_mlops.features.migration.sources._files.text import slug


class ColumnExplanation(Table):
    """A column, by its title."""

    type: str = ""
    """The column's type, such as `status`, `people` or `date`. Empty: found from its values."""
    separator: str = ","
    """Stands between several values in one cell."""
    date_format: str = ""
    """How dates are written, in the letters of strptime: `%d.%m.%Y`. Empty: as ISO 8601."""
    done: tuple[str, ...] = ()
    """Options that end the work."""
    ignore: bool = False
    """Leave the column out."""

    @field_validator("type")
    @classmethod
    def _check_type(cls, name: str) -> str:
        if name and name not in values.TYPES:
            raise ValueError(f"no such type: use one of {', '.join(sorted(values.TYPES))}")
        return name


class Explanation(Table):
    """A whole file of explanations. The keys but `columns` are titles of CSV columns."""

    name: str = ""
    """The board's name. Empty: the data file's name."""
    title: str = ""
    """Holds the items' names. Empty: `Name`, `Title`, `Summary`, `Task` or `Subject`."""
    id: str = ""
    """Holds the items' ids. Empty: an item is known by its name."""
    group: str = ""
    """Holds the groups' titles."""
    parent: str = ""
    """Holds the id of the parent, or its name if no other item has it."""
    description: str = ""
    """Holds the description, as Markdown."""
    creator: str = ""
    """Holds the name or e-mail address of the person who created the item."""
    created: str = ""
    """Holds the time of creation."""
    updated: str = ""
    """Holds the time of the last change."""
    url: str = ""
    """Holds the item's address."""
    delimiter: str = Key("", max_length=1)
    """Stands between the columns. Empty: found from the first line."""
    encoding: str = ""
    """The file's encoding, such as `cp1252`. Empty: UTF-8 or UTF-16, as the file says."""
    columns: Mapping[str, ColumnExplanation] = Key({})
    """Columns by title. The type of a column that is not named is found from its values."""

    def is_ignored(self, title: str) -> bool:
        """Whether the column is to be left out."""
        return title in self.columns and self.columns[title].ignore

    def field(self, id: str, title: str, type: str = "") -> Field:
        """The column; what the file says of it comes before `type`."""
        explained = self.columns.get(title)
        if explained is None:
            return Field(id, title, type)
        return Field(
            id,
            title,
            explained.type or type,
            separator=explained.separator,
            date_format=explained.date_format,
            done=frozenset(explained.done),
        )

    def fields(self, titles: Iterable[str], types: Mapping[str, str] = {}) -> Sequence[Field]:
        """A column for each title; two with the same title get different ids."""
        ids: set[str] = set()
        return [self.field(slug(title, ids), title, types.get(title, "")) for title in titles]


NOTHING_EXPLAINED: Final = Explanation()


def load(path: Path | None) -> Explanation:
    """The explanations; none without a file. Raises ContentError, naming file and key."""
    if path is None:
        return NOTHING_EXPLAINED
    try:
        return Explanation.model_validate(content.read_toml(path))
    except ValidationError as problems:
        first = problems.errors(include_url=False, include_input=False)[0]
        key = ".".join(map(str, first["loc"]))
        problem = explain_problem(first["type"], first["loc"], first["msg"], Explanation)
        raise ContentError(path, key, problem) from problems
