"""The reference page of the sources of a migration, and of the file that explains a CSV file."""

import inspect
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from clickup_mlops.config import read_descriptions
from clickup_mlops.features.migration.operations.opening import kinds
from clickup_mlops.features.migration.sources._files import values
from clickup_mlops.features.migration.sources._files.explanation import (
    ColumnExplanation,
    Explanation,
)
from clickup_mlops.operations.settings_file import toml

HEAD = """\
KIND of `clickup-mlops migrate draft`. What a source cannot give is in every plan too. How to export
the files: [Migrate from export files and other tools](../how-to/migrate-from-other-tools.md).
"""
COLUMNS = """\
The file of `--columns` says what the columns of a CSV file are; `jira`, `asana`, `linear` and
`monday_export` use its `columns`, `delimiter` and `encoding`. Its keys:
"""


def lines() -> Iterator[str]:
    """The page without its title."""
    yield from HEAD.splitlines()
    for name, kind in kinds().items():
        files = ", ".join(f"`{suffix}`" for suffix in kind.suffixes) or "none, it reads an API"
        yield from ("", f"## `{name}`", "", kind.summary, "", f"Files: {files}.")
        if kind.missing:
            yield from ("", "Cannot give:", "", *(f"- {loss}" for loss in kind.missing))
        if kind.ignored:
            yield from ("", "Ignores, because they are:", "", *_ignored(kind.ignored))
    yield from ("", "## Columns files", "", *COLUMNS.splitlines())
    yield from _keys(Explanation)
    yield from ("", f"`[columns.TITLE]`: {inspect.getdoc(ColumnExplanation)}")
    yield from _keys(ColumnExplanation)
    yield from ("", f"Types: {', '.join(f'`{value}`' for value in sorted(values.TYPES))}.")


def _ignored(ignored: Mapping[str, str]) -> Iterator[str]:
    for reason in dict.fromkeys(ignored.values()):
        keys = sorted(key for key, why in ignored.items() if why == reason)
        yield f"- {reason}: {', '.join(f'`{key}`' for key in keys)}"


def _keys(model: type[BaseModel]) -> Iterator[str]:
    yield from ("", "| key | default | meaning |", "| --- | --- | --- |")
    for name, field in model.model_fields.items():
        default = toml(field.get_default(call_default_factory=True))
        yield (
            f"| `{name}` | `{default}` | "
            f"{' '.join(read_descriptions(model).get(name, '').split())} |"
        )
