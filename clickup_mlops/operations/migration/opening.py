"""Opening what a mapping reads from."""

from pathlib import Path

from clickup_mlops import registry
from clickup_mlops.errors import ConfigError
from clickup_mlops.migrate import sources
from clickup_mlops.migrate.mapping.model import Mapping
from clickup_mlops.migrate.source import Selection, Source, SourceKind
from clickup_mlops.monday.settings import MondaySettings
from clickup_mlops.spelling import did_you_mean


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


def find_kind(mapping: Mapping) -> SourceKind:
    """What kind of source a mapping reads. Raises ConfigError: there is none of that name."""
    kinds: dict[str, SourceKind] = registry.find(sources, "SOURCE")
    kind = kinds.get(mapping.source.kind)
    if kind is None:
        guess = did_you_mean(mapping.source.kind, sorted(kinds))
        raise ConfigError(
            f'there is no source "{mapping.source.kind}"{guess}',
            hint=f"Known: {', '.join(sorted(kinds))}.",
        )
    return kind


def open_source(mapping: Mapping, folder: Path, settings: MondaySettings) -> Source:
    """The mapping's source; close it.

    Raises:
        ConfigError: there is no such kind of source, or a setting is missing.
        InputError, ContentError: what the mapping names cannot be read.
    """
    return find_kind(mapping).open(selection(mapping, folder), settings)
