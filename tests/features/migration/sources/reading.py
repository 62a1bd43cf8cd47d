"""Opens a source and reads all that it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clickup_mlops import registry
from clickup_mlops.features.migration import sources
from clickup_mlops.features.migration.records import Asset, Board, Item, Person, Update
from clickup_mlops.features.migration.source import Selection, Source
from clickup_mlops.monday.settings import MondaySettings

SAMPLES = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Everything:
    people: Mapping[str, Person]
    boards: Sequence[Board]
    items: Sequence[Item]
    updates: Sequence[Update]
    assets: Sequence[Asset]
    problems: Sequence[str]

    @property
    def board(self) -> Board:
        (only,) = self.boards
        return only

    def item(self, name: str) -> Item:
        (only,) = [only for only in self.items if only.name == name]
        return only

    def types(self) -> dict[str, str]:
        """Types of the columns of the first board by title."""
        return {column.title: column.type for column in self.boards[0].columns}

    def options(self, title: str) -> dict[str, bool]:
        """Names of a column's options, and whether they end the work."""
        (column,) = [column for column in self.boards[0].columns if column.title == title]
        return {option.name: option.done for option in column.options}


def opened(kind: str, *files: Path, **selected: object) -> Source:
    selection = Selection(files=files, **selected)  # type: ignore[arg-type]
    return registry.find(sources, "SOURCE")[kind].open(selection, MondaySettings())


def read(kind: str, *files: Path, **selected: object) -> Everything:
    source = opened(kind, *files, **selected)
    try:
        return drained(source)
    finally:
        source.close()


def drained(source: Source) -> Everything:
    people = {person.id: person for person in source.people()}
    boards = list(source.boards())
    items = [item for board in boards for item in source.items(board)]
    updates = [update for board in boards for update in source.updates(board)]
    assets = [asset for board in boards for asset in source.assets(board)]
    return Everything(people, boards, items, updates, assets, list(source.problems))
