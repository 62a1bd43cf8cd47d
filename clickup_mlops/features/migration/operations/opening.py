"""Opening what a mapping reads from."""

from pathlib import Path
from typing import Final

from clickup_mlops import registry
from clickup_mlops.errors import ConfigError, InputError
from clickup_mlops.features.migration import sources
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.source import Selection, Source, SourceKind
from clickup_mlops.monday.settings import MondaySettings
from clickup_mlops.spelling import suggest_word

_MOVED: Final = (
    "The mapping names it under source.files, from the mapping's own folder: was it moved?"
)


def kinds() -> dict[str, SourceKind]:
    """The kinds of sources by name. Raises ConfigError."""
    by_name: dict[str, SourceKind] = registry.find(sources, "SOURCE")
    return by_name


def kind_of(name: str) -> SourceKind:
    """The kind of source of that name. Raises ConfigError: there is none."""
    by_name = kinds()
    if name not in by_name:
        guess = suggest_word(name, sorted(by_name))
        raise ConfigError(
            f'there is no source "{name}"{guess}', hint=f"Known: {', '.join(sorted(by_name))}."
        )
    return by_name[name]


def selection(mapping: Mapping, folder: Path) -> Selection:
    """What a mapping reads; `folder` is the mapping file's: relative paths start there."""
    table = mapping.source
    return Selection(
        boards=table.boards,
        workspace=table.workspace,
        files=tuple(folder / file for file in table.files),
        archived=table.archived,
        mapping=folder / table.columns_file if table.columns_file else None,
    )


def open_source(mapping: Mapping, folder: Path, settings: MondaySettings) -> Source:
    """The mapping's source; close it.

    Raises:
        ConfigError: there is no such kind of source, or a setting is missing.
        InputError, ContentError: what the mapping names cannot be read.
    """
    selected = selection(mapping, folder)
    for path in selected.files:
        if not path.exists():
            raise InputError(f"{path}: there is no such file", hint=_MOVED)
    return kind_of(mapping.source.kind).open(selected, settings)
