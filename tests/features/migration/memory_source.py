"""A source whose records are in memory; what fails is chosen by the test."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO

from clickup_mlops.errors import ClickUpMlopsError, NotFound
from clickup_mlops.features.migration.records import Asset, Board, Item, Person, Update


@dataclass
class MemorySource:
    """Gives the records that it holds. `contents`: a file's bytes by the id of its asset.

    `failing`: id of a board or asset -> the error that reading it raises. `opened`: ids of assets
    in the order in which they were read.
    """

    board_list: Sequence[Board] = ()
    item_list: Sequence[Item] = ()
    update_list: Sequence[Update] = ()
    asset_list: Sequence[Asset] = ()
    person_list: Sequence[Person] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)
    failing: dict[str, ClickUpMlopsError] = field(default_factory=dict)
    calls: int = 0
    problems: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    closed: bool = False

    def people(self) -> Iterator[Person]:
        """All people."""
        self.calls += 1
        return iter(self.person_list)

    def boards(self) -> Iterator[Board]:
        """All boards."""
        self.calls += 1
        return iter(self.board_list)

    def items(self, board: Board) -> Iterator[Item]:
        """The board's items; raises what was chosen for the board in the middle of them."""
        self.calls += 1
        item_list = [item for item in self.item_list if item.board_id == board.id]
        for number, item in enumerate(item_list):
            if board.id in self.failing and number == len(item_list) // 2:
                raise self.failing[board.id]
            yield item

    def updates(self, board: Board, since_ms: int | None = None) -> Iterator[Update]:
        """Updates of the board's items."""
        self.calls += 1
        update_list = (
            update for update in self.update_list if self._board_of(update.item_id) == board.id
        )
        return (
            update
            for update in update_list
            if since_ms is None or (update.created_ms or 0) >= since_ms
        )

    def assets(self, board: Board) -> Iterator[Asset]:
        """Files of the board's items."""
        self.calls += 1
        return (asset for asset in self.asset_list if self._board_of(asset.item_id) == board.id)

    def open(self, asset: Asset) -> BinaryIO:
        """The file's content."""
        self.calls += 1
        self.opened.append(asset.id)
        if asset.id in self.failing:
            raise self.failing[asset.id]
        if asset.id not in self.contents:
            raise NotFound(f"no file {asset.id}", hint="It was deleted from the source.")
        return BytesIO(self.contents[asset.id])

    def close(self) -> None:
        """Remembers that it was closed."""
        self.closed = True

    def _board_of(self, item_id: str) -> str:
        return next((item.board_id for item in self.item_list if item.id == item_id), "")
